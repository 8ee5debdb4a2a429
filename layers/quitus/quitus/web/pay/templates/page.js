"use strict";
(function () {
  var told = document.querySelector("[data-told]");
  var done = function () {
    told.textContent = told.dataset.told;
  };
  var select = function (field) {
    var give = function (event) {
      event.clipboardData.setData("text/plain", field.dataset.value);
      event.preventDefault();
    };
    getSelection().selectAllChildren(field);
    document.addEventListener("copy", give);
    if (document.execCommand("copy")) done();
    document.removeEventListener("copy", give);
  };
  document.querySelectorAll("[data-copies]").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", function () {
      var field = document.getElementById(button.dataset.copies);
      told.textContent = "";
      if (!navigator.clipboard) return select(field);
      navigator.clipboard.writeText(field.dataset.value).then(done, function () {
        select(field);
      });
    });
  });
  var amount = document.getElementById("amount");
  if (amount) {
    amount.addEventListener("input", function () {
      document.querySelector("[name=choice][value=part]").checked = true;
    });
    document.querySelector("[name=choice][value=all]").addEventListener("change", function () {
      amount.value = "";
    });
  }
  var waiting = document.querySelector("[data-waiting]");
  if (waiting) {
    var tries = 0;
    var again = function () {
      tries += 1;
      if (tries < 40) setTimeout(look, Math.min(15000, 2000 + 500 * tries));
    };
    var look = function () {
      fetch(waiting.dataset.waiting, { credentials: "omit" })
        .then(function (answer) {
          if (!answer.ok) throw answer.status;
          return answer.text();
        })
        .then(function (text) {
          var page = new DOMParser().parseFromString(text, "text/html");
          if (page.querySelector("[data-waiting]")) again();
          else location.replace(waiting.dataset.waiting);
        })
        .catch(again);
    };
    setTimeout(look, 2000);
  }
})();
