// “Why this number”: a value opens its explanation in the panel alone; Escape or Close goes back to the value.
const panel = document.getElementById("why");
const heading = document.getElementById("why-title");
const hint = document.getElementById("why-hint");
const close = document.getElementById("why-close");
const asking = heading.textContent;
let value = null;

function copies(explanation) {
  for (const link of explanation.querySelectorAll("a[data-copy]")) {
    const copy = document.querySelector(link.hash).cloneNode(true);
    copy.removeAttribute("id");
    copy.className = "copy";
    link.parentElement.after(copy);
  }
}

function shut() {
  for (const copy of panel.querySelectorAll(".copy")) copy.remove();
  for (const open of panel.querySelectorAll(".why[open]")) open.open = false;
  value?.classList.remove("val--on");
  value?.removeAttribute("aria-current");
  heading.textContent = asking;
  hint.hidden = false;
  close.hidden = true;
}

function show(link) {
  shut();
  value = link;
  const explanation = document.querySelector(link.hash);
  const details = explanation.closest("details");
  copies(explanation);
  details.open = true;
  value.classList.add("val--on");
  value.setAttribute("aria-current", "true");
  heading.textContent = `Why ${link.textContent}?`;
  hint.hidden = true;
  close.hidden = false;
  panel.scrollTop = 0;
  heading.focus();
}

function back() {
  if (close.hidden) return;
  shut();
  value.focus();
}

function addressed() {
  const link = location.hash.startsWith("#why-") && document.querySelector(`main a[href="${CSS.escape(location.hash)}"]`);
  if (!link) return;
  link.closest("details")?.setAttribute("open", "");
  show(link);
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a.val, a.suppressed");
  if (!link) return;
  event.preventDefault();
  show(link);
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") back();
});
close.addEventListener("click", back);
addEventListener("hashchange", addressed);
addressed();
