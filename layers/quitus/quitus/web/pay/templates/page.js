"use strict";
(function () {
  var copy = navigator.clipboard && navigator.clipboard.writeText;
  var told = document.querySelector("[data-told]");
  document.querySelectorAll("[data-copies]").forEach(function (button) {
    if (!copy) return;
    button.hidden = false;
    button.addEventListener("click", function () {
      var value = document.getElementById(button.dataset.copies).dataset.value;
      navigator.clipboard.writeText(value).then(function () {
        told.textContent = told.dataset.told;
      });
    });
  });
  var amount = document.getElementById("amount");
  if (amount) {
    amount.addEventListener("input", function () {
      document.querySelector("[name=choice][value=part]").checked = true;
    });
  }
  var waiting = document.querySelector("[data-waiting]");
  if (waiting) {
    var tries = 0;
    var look = function () {
      tries += 1;
      fetch(waiting.dataset.waiting, { credentials: "omit" })
        .then(function (answer) { return answer.text(); })
        .then(function (text) {
          var page = new DOMParser().parseFromString(text, "text/html");
          if (!page.querySelector("[data-waiting]")) location.replace(waiting.dataset.waiting);
          else if (tries < 60) setTimeout(look, 3000);
        }, function () { if (tries < 60) setTimeout(look, 3000); });
    };
    setTimeout(look, 2000);
  }
})();
