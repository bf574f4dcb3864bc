// A session that is about to end says so, two minutes before. What any tab of this browser hears of it counts for all.
// The server alone ends it: without this script it ends all the same.
(function () {
  "use strict";
  var LEFT = "Foramen-Session-Left", NAME = "foramen.session", WARN = 120, GRACE = 5;
  var box = document.getElementById("session");
  if (!box) { return; }
  var asking = false;

  // In how many seconds the session ends, and in how many whatever is done.
  function learn(soon, longest) {
    var now = Date.now() / 1000;
    localStorage.setItem(NAME, JSON.stringify({ends: now + soon, last: now + longest}));
    look();
  }

  function heard(said) {
    if (!said) { return false; }
    var parts = said.split(" ").map(Number);
    learn(parts[0], parts[1]);
    return true;
  }

  // The page again, by way of the sign-in if the session is over.
  function leave() { window.location.assign(window.location.pathname + window.location.search); }

  function ask(address, how) {
    asking = true;
    fetch(address, how).then(function (answer) {
      if (!heard(answer.headers.get(LEFT))) { leave(); }
    }).catch(function () { look(); }).then(function () { asking = false; });
  }

  function words(seconds) {
    if (seconds > 90) { return "2 minutes"; }
    return seconds > 45 ? "1 minute" : "less than a minute";
  }

  function look() {
    var known = JSON.parse(localStorage.getItem(NAME) || "null");
    if (!known) { return; }
    var now = Date.now() / 1000, left = known.ends - now;
    var over = left <= -GRACE, when = box.querySelector("[data-when]");
    if (when.textContent !== words(left)) { when.textContent = words(left); }
    box.querySelector("form").hidden = known.last - known.ends < 1;
    box.querySelector("[data-longest]").hidden = known.last - known.ends >= 1;
    box.hidden = left > WARN;
    if (over && !asking) { ask(box.dataset.look, {method: "HEAD", headers: {"Foramen-Poll": "yes"}}); }
  }

  box.querySelector("form").addEventListener("submit", function (event) {
    event.preventDefault();
    ask(event.target.action, {method: "POST", body: new FormData(event.target)});
  });
  document.addEventListener("htmx:afterRequest", function (event) {
    heard(event.detail.xhr.getResponseHeader(LEFT));
  });
  window.addEventListener("storage", look);
  learn(Number(box.dataset.left), Number(box.dataset.most));
  window.setInterval(look, 1000);
})();
