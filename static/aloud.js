// Reads the page with the browser's own voice. Loaded only where a citizen asked for it.
(function () {
  var button = document.getElementById("aloud");
  var speech = window.speechSynthesis;
  if (!button) return;
  if (!speech) {
    document.getElementById("no-voice").hidden = false;
    return;
  }
  button.hidden = false;
  button.addEventListener("click", function () {
    if (speech.speaking) return speech.cancel();
    var parts = document.querySelectorAll("main h1, main h2, main p, main legend, main label, main td");
    var words = [];
    parts.forEach(function (part) {
      var isInside = part.querySelector("h1, p, label") || part.closest(".tools");
      if (!isInside && part.textContent.trim()) words.push(part.textContent.trim());
    });
    var said = new SpeechSynthesisUtterance(words.join(". "));
    said.lang = document.documentElement.lang === "en" ? "en-GB" : "id-ID";
    said.rate = 0.9;
    speech.speak(said);
  });
  addEventListener("pagehide", function () { speech.cancel(); });
})();
