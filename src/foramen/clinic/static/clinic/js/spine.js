// The keyboard and the mouse on the spine map. A choice is sent by the form beside it, so that the server decides.
(function () {
  "use strict";

  function parts(target) {
    var found = /^target-(.+)-(left|right|midline)-([a-z]+)$/.exec(target.id);
    return { level: found[1], side: found[2] };
  }

  function shown(target) {
    return Array.prototype.slice.call(target.closest(".targets").querySelectorAll(".target"));
  }

  function focus(target) {
    if (!target) { return; }
    shown(target).forEach(function (one) { one.setAttribute("tabindex", one === target ? "0" : "-1"); });
    target.focus();
  }

  function column(target) {
    var side = parts(target).side;
    return shown(target).filter(function (one) { return parts(one).side === side; });
  }

  function beside(target, side) {
    var level = parts(target).level;
    return shown(target).find(function (one) { return parts(one).level === level && parts(one).side === side; });
  }

  var MOVES = {
    ArrowUp: function (target) { var all = column(target); return all[all.indexOf(target) - 1]; },
    ArrowDown: function (target) { var all = column(target); return all[all.indexOf(target) + 1]; },
    ArrowLeft: function (target) { return beside(target, "left"); },
    ArrowRight: function (target) { return beside(target, "right"); },
    Home: function (target) { return column(target)[0]; },
    End: function (target) { var all = column(target); return all[all.length - 1]; }
  };

  function choose(target) {
    var form = document.getElementById("form-map-target");
    if (!form || target.hasAttribute("aria-disabled")) { return; }
    form.elements.target.value = target.id.replace("target-", "");
    form.requestSubmit();
  }

  document.addEventListener("keydown", function (event) {
    var target = event.target.closest && event.target.closest(".target");
    if (!target) { return; }
    if (MOVES[event.key]) { event.preventDefault(); focus(MOVES[event.key](target)); }
    if (event.key === " " || event.key === "Enter") { event.preventDefault(); choose(target); }
  });

  document.addEventListener("click", function (event) {
    var target = event.target.closest && event.target.closest(".target");
    if (target) { focus(target); choose(target); }
  });
})();
