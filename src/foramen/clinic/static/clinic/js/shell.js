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
