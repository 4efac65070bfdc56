// The personal link carries its secret behind "#", which browsers never send. Put it into the form and drop it from the bar.
(function () {
  var form = document.getElementById("start");
  var secret = location.hash.slice(1);
  if (!form || !secret) return;
  form.elements.secret.value = secret;
  history.replaceState(null, "", location.pathname + location.search);
})();
