// A kiosk: one screen at a time, back to the start by itself, and nothing lost without a line.
// An answer is on the disk of this device before "thank you" is shown, under a nonce drawn here when its form began and
// with the quarter in which it was given. It is sent until the server says that it has it, and only then erased; the server
// takes each nonce once.
(function () {
  "use strict";
  var IDLE_SECONDS = 60, WARNING_SECONDS = 15, THANKS_SECONDS = 30, SECONDS_BETWEEN_TRIES = 30;
  var BASE32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  var form = document.getElementById("kiosk");
  var items = form.dataset.items.trim().split(" ");
  var screens = ["start"].concat(items, ["profile", "thanks"]);
  var shown = "start", filled, database, device, timer, warning;

  function show(id, is) { document.getElementById(id).hidden = !is; }

  // The device's own store.

  function open() {
    return new Promise(function (done, failed) {
      var asked = indexedDB.open("cermin-kiosk", 1);
      asked.onupgradeneeded = function () {
        asked.result.createObjectStore("device");
        asked.result.createObjectStore("queue", { keyPath: "nonce" });
      };
      asked.onsuccess = function () { done(asked.result); };
      asked.onerror = function () { failed(asked.error); };
    });
  }

  function inStore(name, mode, work) {
    return new Promise(function (done, failed) {
      var change = database.transaction(name, mode, { durability: "strict" });
      var asked = work(change.objectStore(name));
      change.oncomplete = function () { done(asked.result); };
      change.onerror = change.onabort = function () { failed(change.error); };
    });
  }

  function waiting() { return inStore("queue", "readonly", function (queue) { return queue.getAll(); }); }

  function keep(row) { return inStore("queue", "readwrite", function (queue) { return queue.put(row); }); }

  function erase(row) { return inStore("queue", "readwrite", function (queue) { return queue.delete(row.nonce); }); }

  function keepDevice() { return inStore("device", "readwrite", function (store) { return store.put(device, "device"); }); }

  function count() {
    return waiting().then(function (rows) {
      document.getElementById("unsent-count").textContent = rows.length;
      show("unsent", rows.length > 0);
      document.getElementById("late-count").textContent = device.late || 0;
      show("late", device.late > 0);
    });
  }

  // The quarter, by the city's clock as it was last heard; "" where it never was. The device's own clock may be wrong.

  function quarter() {
    if (device.ahead === undefined) return "";
    var now = new Date(Date.now() + device.ahead);
    return now.getUTCFullYear() + "-Q" + (Math.floor(now.getUTCMonth() / 3) + 1);
  }

  // Sending. Several reasons to send may come at once: the lock lets one sender work, and the others wait.

  function post(path, body) {
    return fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  }

  // An answer without a quarter, or with one that has not come yet, was never taken: it gets the running one, once and for all.
  function dated(row) {
    if (row.period && row.period <= device.period) return Promise.resolve(row);
    row.period = device.period;
    return keep(row).then(function () { return row; });
  }

  function tooLate() {
    device.late = (device.late || 0) + 1;
    return keepDevice();
  }

  function sendOne(row) {
    return dated(row).then(function () {
      return post("/k/ballots", { secret: device.secret, nonce: row.nonce, period: row.period, fields: row.fields });
    }).then(function (answer) {
      if (!answer.ok && answer.status !== 409 && answer.status !== 410) return answer.status === 422; // a refused one stays, and is counted
      return (answer.status === 410 ? tooLate() : Promise.resolve()).then(function () { return erase(row); }).then(count)
        .then(function () { return true; });
    });
  }

  function sendAll() {
    return navigator.locks.request("cermin-send", function () {
      return waiting().then(function (rows) {
        return rows.length > 0 && askPlace().then(function (isKnown) {
          return rows.reduce(function (before, row) {
            return before.then(function (goOn) { return goOn && sendOne(row); });
          }, Promise.resolve(isKnown));
        });
      });
    }).catch(function () { return false; }).then(count);
  }

  function nonce() {
    var bytes = crypto.getRandomValues(new Uint8Array(24));
    return btoa(String.fromCharCode.apply(null, bytes)).replace(/\+/g, "-").replace(/\//g, "_");
  }

  // As survey/services/citizens/withdrawing.py makes it.
  function withdrawalCode(text) {
    var utf8 = new TextEncoder();
    var kind = { name: "HMAC", hash: "SHA-256" };
    return crypto.subtle.importKey("raw", utf8.encode("cermin withdrawal v1"), kind, false, ["sign"])
      .then(function (key) { return crypto.subtle.sign("HMAC", key, utf8.encode(text)); })
      .then(function (signed) {
        var bytes = new Uint8Array(signed), letters = "", sum = 0;
        for (var place = 0; place < 15; place++) {
          var digit = 0;
          for (var bit = 0; bit < 5; bit++) {
            var at = 5 * place + bit;
            digit |= ((bytes[31 - (at >> 3)] >> (at & 7)) & 1) << bit;
          }
          letters += BASE32[digit];
          sum += (place + 1) * digit;
        }
        return (letters + BASE32[sum % 31]).match(/.{4}/g).join("-");
      });
  }

  // However often "Send" is tapped, one filled form is one answer: its nonce was drawn when it began.
  function send() {
    var row = filled;
    if (row.fields) return;
    row.fields = {};
    row.period = quarter();
    new FormData(form).forEach(function (value, name) { if (value) row.fields[name] = value; });
    return withdrawalCode(row.nonce).then(function (code) {
      return keep(row).then(function () {
        if (row === filled) {
          document.getElementById("withdrawal").textContent = code;
          go("thanks");
        }
        return count().then(sendAll);
      });
    }).catch(function (error) {
      delete row.fields; // nothing is on the disk: "Send" may be tapped again
      throw error;
    });
  }

  // Screens.

  function go(name) {
    shown = name;
    form.querySelectorAll("[data-screen]").forEach(function (each) { each.hidden = each.dataset.screen !== name; });
    form.querySelectorAll("[role=alert]").forEach(function (each) { each.hidden = true; });
    var heading = form.querySelector("[data-screen='" + name + "'] [tabindex='-1']");
    if (heading) heading.focus();
    window.scrollTo(0, 0);
    restartClock();
  }

  function restart() {
    form.reset();
    filled = { nonce: nonce() };
    document.getElementById("withdrawal").textContent = "";
    go("start");
  }

  function move(way) {
    if (way === "restart") return restart();
    if (way === "stay") return restartClock();
    if (way === "send") return send();
    var place = screens.indexOf(shown);
    var isOpen = items.indexOf(shown) >= 0 && !form.querySelector("[name='" + shown + "']:checked");
    if (way === "next" && isOpen) {
      form.querySelector("[data-screen='" + shown + "'] [role=alert]").hidden = false;
      return;
    }
    go(screens[place + (way === "back" ? -1 : 1)]);
  }

  // Nobody resets a kiosk: it does so itself, after a warning.

  function seconds(name, usual) { return Number(form.dataset[name] || usual) * 1000; }

  function restartClock() {
    clearTimeout(timer);
    clearTimeout(warning);
    show("idle", false);
    if (shown === "start") return;
    if (shown === "thanks") {
      timer = setTimeout(restart, seconds("thanks", THANKS_SECONDS));
      return;
    }
    timer = setTimeout(function () {
      show("idle", true);
      form.querySelector("[data-go=stay]").focus();
      warning = setTimeout(restart, seconds("warning", WARNING_SECONDS));
    }, seconds("idle", IDLE_SECONDS));
  }

  // Setting up: the secret comes once behind "#", which is never sent in an address.

  function setUp() {
    var secret = location.hash.slice(1);
    if (!secret) return inStore("device", "readonly", function (store) { return store.get("device"); });
    history.replaceState(null, "", location.pathname + location.search);
    var made = { secret: secret, place: "", unit: "" };
    device = made;
    return keepDevice().then(function () { return made; });
  }

  function nameIt(found) {
    document.getElementById("place").textContent = found.place;
    document.getElementById("unit").textContent = found.unit;
  }

  function askPlace() {
    return post("/k/place", { secret: device.secret }).then(function (answer) {
      if (answer.status === 404) show("setup", true);
      return answer.ok && answer.json().then(function (found) {
        device.place = found.place;
        device.unit = found.unit;
        device.ahead = Date.parse(found.clock + "Z") - Date.now();
        device.period = found.period;
        nameIt(found);
        return keepDevice().then(function () { return true; });
      });
    }).catch(function () { return false; }); // without a line the names and the clock of last time stand
  }

  function keepPage() {
    var parts = ["/k/", "/k/?lang=en"];
    document.querySelectorAll("link[rel=stylesheet], link[rel=icon], script[src]").forEach(function (part) { parts.push(part.href || part.src); });
    return navigator.serviceWorker.register("/k/worker.js")
      .then(function () { return caches.open("cermin-kiosk"); })
      .then(function (shell) { return shell.addAll(parts); })
      .then(function () { form.dataset.kept = "yes"; })
      .catch(function () {});
  }

  function begin() {
    if (!device) return show("setup", true);
    nameIt(device);
    form.hidden = false;
    form.addEventListener("submit", function (event) { event.preventDefault(); });
    form.addEventListener("click", function (event) {
      var way = event.target.dataset && event.target.dataset.go;
      if (way) move(way);
    });
    ["pointerdown", "keydown", "input"].forEach(function (kind) { addEventListener(kind, restartClock); });
    addEventListener("online", sendAll);
    setInterval(sendAll, SECONDS_BETWEEN_TRIES * 1000);
    restart();
    keepPage();
    askPlace();
    return count().then(sendAll);
  }

  if (!window.isSecureContext || !navigator.serviceWorker || !navigator.locks) return show("insecure", true);
  open()
    .then(function (opened) { database = opened; return setUp(); })
    .then(function (found) { device = found; return begin(); });
})();
