// Keeps the kiosk's page on the device: from the line where there is one, else as it was seen last. It never sees an answer.
var SHELL = "cermin-kiosk";
addEventListener("install", function () { skipWaiting(); });
addEventListener("activate", function (event) { event.waitUntil(clients.claim()); });
addEventListener("fetch", function (event) {
  if (event.request.method !== "GET") return;
  event.respondWith(
    fetch(event.request).then(
      function (answer) {
        var copy = answer.clone();
        if (answer.ok) event.waitUntil(caches.open(SHELL).then(function (shell) { return shell.put(event.request, copy); }));
        return answer;
      },
      function () {
        return caches.match(event.request).then(function (kept) { return kept || Response.error(); });
      }
    )
  );
});
