// The strip of pages: shows the page that is looked at, and leads to any other by its number.

const strip = document.getElementById("strip");
const current = strip?.querySelector("[aria-current]");
if (current) strip.scrollLeft = current.offsetLeft - strip.offsetLeft - strip.clientWidth / 2;

const field = document.getElementById("go-to");
field?.addEventListener("change", () => {
  if (field.value && field.checkValidity()) location.href = `?page=${field.value}#viewer`;
});
