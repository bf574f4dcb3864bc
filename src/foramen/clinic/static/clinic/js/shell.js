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

// A board that cannot ask again says when it last could, and no longer claims to show now.
(function () {
  "use strict";
  var failing = {};

  // What is shown stays when the service does not answer; a refusal, such as an ended session, is shown.
  document.addEventListener("htmx:beforeSwap", function (event) {
    var lost = event.detail.xhr.status >= 500 || event.detail.xhr.status === 429;
    if (lost && event.detail.requestConfig.elt.matches(".room[data-good], [data-poll]")) { event.detail.shouldSwap = false; }
  });

  document.addEventListener("htmx:afterRequest", function (event) {
    var room = event.detail.requestConfig.elt;
    var notice = document.getElementById("board-stale");
    if (!notice || !room.matches(".room[data-good]")) { return; }
    var status = event.detail.xhr.status;
    if (status >= 200 && status < 400) { delete failing[room.id]; } else { failing[room.id] = room.dataset.good; }
    var oldest = Object.values(failing).sort()[0];
    notice.hidden = !oldest;
    notice.querySelector("[data-good]").textContent = oldest || "";
    document.querySelector(".board").classList.toggle("board--stale", Boolean(oldest));
  });
})();
