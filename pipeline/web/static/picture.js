// The picture of a page: shows where a cell is, and tells which cell was clicked.

const frame = document.getElementById("place");
const picture = document.getElementById("picture");

// size: of the page, in the points in which boxes are given.
export function showPlace(box, size) {
  if (!frame) return;
  frame.hidden = !box || !size;
  if (frame.hidden) return;
  const [x0, top, x1, bottom] = box;
  const [width, height] = size;
  frame.style.left = `${(100 * x0) / width}%`;
  frame.style.top = `${(100 * top) / height}%`;
  frame.style.width = `${(100 * (x1 - x0)) / width}%`;
  frame.style.height = `${(100 * (bottom - top)) / height}%`;
  const paper = frame.closest(".paper");
  const middle = frame.offsetTop + frame.offsetHeight / 2;
  if (middle < paper.scrollTop || middle > paper.scrollTop + paper.clientHeight) paper.scrollTop = middle - paper.clientHeight / 2;
}

// Calls found with the smallest of the boxes that is clicked; places: with a box each.
export function watchClicks(places, size, found) {
  picture?.addEventListener("click", (event) => {
    const area = picture.getBoundingClientRect();
    const x = ((event.clientX - area.left) / area.width) * size[0];
    const y = ((event.clientY - area.top) / area.height) * size[1];
    const hit = places.filter(({ box }) => box && box[0] <= x && x <= box[2] && box[1] <= y && y <= box[3]);
    const extent = ({ box }) => (box[2] - box[0]) * (box[3] - box[1]);
    if (hit.length) found(hit.reduce((best, each) => (extent(each) < extent(best) ? each : best)));
  });
}
