// The picture of a page: larger and smaller in its pane, and enlarged over the whole window.

const by = (id) => document.getElementById(id);
const STEPS = [1, 1.5, 2, 3, 4, 6];
const SHARP_SIDE = 2400; // pixels of the longer side that the server draws at most
const box = by("zoomable");
const dialog = by("enlarged");
const home = box?.parentElement;

if (box) {
  const paper = box.querySelector(".paper");
  const picture = by("picture");
  let step = 0;

  const zoom = (to) => {
    const before = STEPS[step];
    step = Math.min(Math.max(to, 0), STEPS.length - 1);
    const middle = (paper.scrollTop + paper.clientHeight / 2) / before;
    const centre = (paper.scrollLeft + paper.clientWidth / 2) / before;
    picture.closest(".picture").style.width = `${STEPS[step] * 100}%`;
    if (step > 0 && !picture.src.includes("side=")) picture.src = `${picture.src}?side=${SHARP_SIDE}`;
    paper.scrollTop = middle * STEPS[step] - paper.clientHeight / 2;
    paper.scrollLeft = centre * STEPS[step] - paper.clientWidth / 2;
    by("zoom-said").textContent = `${STEPS[step] * 100} %`;
    by("smaller").ariaDisabled = String(step === 0);
    by("larger").ariaDisabled = String(step === STEPS.length - 1);
  };
  by("larger").addEventListener("click", () => zoom(step + 1));
  by("smaller").addEventListener("click", () => zoom(step - 1));
  paper.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const to = { "+": step + 1, "=": step + 1, "-": step - 1, 0: 0 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    zoom(to);
  });

  by("enlarge").addEventListener("click", () => {
    if (dialog.open) return dialog.close();
    dialog.append(box);
    dialog.showModal();
    by("enlarge").textContent = "Close";
    paper.focus();
  });
  dialog.addEventListener("close", () => {
    home.append(box);
    by("enlarge").textContent = "Enlarge";
    by("enlarge").focus();
  });
}
