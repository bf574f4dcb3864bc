// After a swap focus goes to what the answer marks with autofocus, or back to the element with the same id; a summary
// of errors is given focus, so that it is read.
(function () {
  "use strict";
  document.addEventListener("htmx:afterSettle", function (event) {
    var part = event.detail.target;
    var wanted = part && part.querySelector("[autofocus]");
    if (wanted) { wanted.focus(); }
  });
})();

// A sheet of paper has a button that prints it, where there is a script to do it.
(function () {
  "use strict";
  document.querySelectorAll("[data-print]").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", function () { window.print(); });
  });
})();
