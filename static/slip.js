// The code of a slip stands behind "#", which browsers never send. Put it into the field and drop it from the bar.
(function () {
  var field = document.getElementById("code");
  var code = location.hash.slice(1);
  if (!field || !code) return;
  field.value = code;
  history.replaceState(null, "", location.pathname + location.search);
})();
