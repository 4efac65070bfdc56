// A little work for an open link (survey/services/citizens/proof_of_work.py), in small pieces so that the page stays quick.
(function () {
  var field = document.getElementById("work");
  if (!field) return;
  var nonce = field.form.elements.nonce.value, bits = Number(field.dataset.bits), K = [], H = [];
  for (var n = 2; K.length < 64; n++) {
    for (var f = 2; f * f <= n && n % f; f++);
    if (f * f <= n) continue;
    if (H.length < 8) H.push((Math.pow(n, 1 / 2) * 4294967296) | 0);
    K.push((Math.pow(n, 1 / 3) * 4294967296) | 0);
  }
  function turn(x, by) { return (x >>> by) | (x << (32 - by)); }
  // The first word of the SHA-256 of a short text: one block.
  function firstWord(text) {
    var w = [], h = H.slice();
    for (var i = 0; i < 16; i++) w[i] = 0;
    for (i = 0; i < text.length; i++) w[i >> 2] |= text.charCodeAt(i) << (24 - 8 * (i & 3));
    w[text.length >> 2] |= 128 << (24 - 8 * (text.length & 3));
    w[15] = text.length * 8;
    for (i = 0; i < 64; i++) {
      if (i > 15) {
        var a = w[i - 15], b = w[i - 2];
        w[i] = (w[i - 16] + w[i - 7] + (turn(a, 7) ^ turn(a, 18) ^ (a >>> 3)) + (turn(b, 17) ^ turn(b, 19) ^ (b >>> 10))) | 0;
      }
      var one = (h[7] + (turn(h[4], 6) ^ turn(h[4], 11) ^ turn(h[4], 25)) + ((h[4] & h[5]) ^ (~h[4] & h[6])) + K[i] + w[i]) | 0;
      var two = ((turn(h[0], 2) ^ turn(h[0], 13) ^ turn(h[0], 22)) + ((h[0] & h[1]) ^ (h[0] & h[2]) ^ (h[1] & h[2]))) | 0;
      h = [(one + two) | 0, h[0], h[1], h[2], (h[3] + one) | 0, h[4], h[5], h[6]];
    }
    return (h[0] + H[0]) >>> 0;
  }
  var tried = 0;
  (function some() {
    for (var end = tried + 500; tried < end; tried++) {
      if (firstWord(nonce + ":" + tried) >>> (32 - bits) === 0) {
        field.value = tried;
        return;
      }
    }
    setTimeout(some, 0);
  })();
})();
