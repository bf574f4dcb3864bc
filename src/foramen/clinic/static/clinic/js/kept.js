// What is typed in a form is kept in this tab until it is sent, for the case that the session ends before: enciphered
// with a key that only pages of the same person hold. It comes back into the form after that person has signed in
// again, and is not stored by that. It is forgotten when the form is sent or left, at sign-out, and when somebody else
// signs in. A form that is sent at every change has its own draft; passwords and codes are never kept.
(function () {
  "use strict";
  var NAME = "kept:";
  var session = document.getElementById("session");
  var latest = new Map();

  function names() { return Object.keys(sessionStorage).filter(function (one) { return one.startsWith(NAME); }); }
  function forget() { names().forEach(function (one) { sessionStorage.removeItem(one); }); }

  // The sign-in, or a page that says that nothing was stored: what is there is wanted again.
  function hold() {
    names().forEach(function (one) {
      var kept = JSON.parse(sessionStorage.getItem(one));
      kept.wanted = true;
      sessionStorage.setItem(one, JSON.stringify(kept));
    });
  }

  document.addEventListener("submit", function (event) {
    if (event.target.matches('form[action$="/sign-out/"]')) { forget(); }
  });
  if (!session || document.querySelector("[data-not-stored]")) { hold(); }
  if (!session || !window.crypto.subtle) { return; }

  var own = NAME + session.dataset.key.slice(0, 8) + ":";
  var bytes = session.dataset.key.match(/../g).map(function (two) { return parseInt(two, 16); });
  var secret = crypto.subtle.importKey("raw", new Uint8Array(bytes), "AES-GCM", false, ["encrypt", "decrypt"]);

  function forms() {
    return Array.from(document.querySelectorAll('#main form[method="post"]')).filter(function (form) {
      return !form.matches("[hx-trigger], [data-not-kept]");
    });
  }

  function nameOf(form) {
    var same = forms().filter(function (one) { return one.action === form.action; });
    return own + new URL(form.action).pathname + "#" + same.indexOf(form);
  }

  // What a person enters, and the version that it was entered on: if it is old by then, both are shown.
  function fields(form) {
    return Array.from(form.elements).filter(function (one) {
      if (one.type === "hidden") { return one.name === "version"; }
      return one.name && !["password", "file", "submit", "button", "fieldset"].includes(one.type)
        && one.autocomplete !== "one-time-code";
    });
  }

  function state(one) { return ["checkbox", "radio"].includes(one.type) ? one.checked : one.value; }

  function save(form) {
    var said = fields(form).map(function (one) { return [one.name, one.type, state(one)]; });
    var name = nameOf(form), turn = (latest.get(name) || 0) + 1, iv = crypto.getRandomValues(new Uint8Array(12));
    latest.set(name, turn);
    secret.then(function (key) {
      return crypto.subtle.encrypt({name: "AES-GCM", iv: iv}, key, new TextEncoder().encode(JSON.stringify(said)));
    }).then(function (text) {
      var kept = {iv: Array.from(iv), text: Array.from(new Uint8Array(text))};
      if (latest.get(name) === turn) { sessionStorage.setItem(name, JSON.stringify(kept)); }
    });
  }

  function open(name) {
    var kept = JSON.parse(sessionStorage.getItem(name));
    return secret.then(function (key) {
      return crypto.subtle.decrypt({name: "AES-GCM", iv: new Uint8Array(kept.iv)}, key, new Uint8Array(kept.text));
    }).then(function (text) { return JSON.parse(new TextDecoder().decode(text)); });
  }

  function fill(form, said) {
    var found = fields(form), changed = [];
    said.forEach(function (one, at) {
      var field = found[at];
      if (!field || field.name !== one[0] || field.type !== one[1] || state(field) === one[2]) { return; }
      if (typeof one[2] === "boolean") { field.checked = one[2]; } else { field.value = one[2]; }
      changed.push(field);
    });
    if (changed.length) { tell(form); }
    changed.forEach(function (field) { field.dispatchEvent(new Event("change", {bubbles: true})); });
  }

  function tell(form) {
    var said = document.createElement("p");
    said.className = "kept";
    said.setAttribute("role", "status");
    said.textContent = "What you typed before you were signed out is here again. It is not stored yet: look at it, and send it.";
    form.prepend(said);
    for (var one = form; one; one = one.parentElement) { if (one.matches("details")) { one.open = true; } }
  }

  forms().forEach(function (form) {
    var name = nameOf(form), kept = JSON.parse(sessionStorage.getItem(name) || "null");
    if (kept && kept.wanted) { open(name).then(function (said) { fill(form, said); }); }
  });
  names().forEach(function (name) {
    if (!name.startsWith(own) || !JSON.parse(sessionStorage.getItem(name)).wanted) { sessionStorage.removeItem(name); }
  });

  ["input", "change"].forEach(function (kind) {
    document.addEventListener(kind, function (event) {
      var form = event.target.form;
      if (form && forms().includes(form)) { save(form); }
    });
  });

  // What was sent and taken is not wanted any more; a redirection to the sign-in took nothing.
  document.addEventListener("htmx:afterRequest", function (event) {
    var form = event.detail.requestConfig.elt, xhr = event.detail.xhr;
    if (!form.matches("form") || xhr.status >= 400 || xhr.getResponseHeader("HX-Redirect")) { return; }
    var name = own + new URL(form.action).pathname + "#";
    names().filter(function (one) { return one.startsWith(name); }).forEach(function (one) {
      latest.set(one, (latest.get(one) || 0) + 1);
      sessionStorage.removeItem(one);
    });
  });
})();
