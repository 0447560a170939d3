/* The preview beside the form of a draft, drawn by the server while one writes; without it the buttons still work. */
"use strict";
(() => {
  const live = document.querySelector("[data-live]");
  if (!live) return;
  const form = live.closest("form");
  const told = live.querySelector("[data-live-told]");
  const frames = [...live.querySelectorAll("iframe")];
  const PAUSE = 700;
  let timer = 0;
  let running = null;

  const show = (frame, html) => {
    const page = new DOMParser().parseFromString(html, "text/html");
    const next = page.querySelector("main");
    const old = frame.contentDocument && frame.contentDocument.querySelector("main");
    if (old && frame.dataset.drawn) {
      old.replaceWith(frame.contentDocument.adoptNode(next)); // keeps the place to which one had scrolled
      return;
    }
    const base = page.createElement("base");
    base.target = "_blank"; // a link opens beside the form, never inside it
    page.head.prepend(base);
    frame.srcdoc = "<!doctype html>" + page.documentElement.outerHTML;
    frame.dataset.drawn = "yes";
  };

  const draw = async () => {
    if (running) running.abort();
    running = new AbortController();
    const signal = running.signal;
    try {
      for (const frame of frames) {
        const data = new FormData(form);
        data.set("_preview", frame.dataset.language);
        const answer = await fetch(form.action, { method: "POST", body: data, signal });
        const isPreview = answer.ok && answer.headers.get("X-Preview") === frame.dataset.language;
        told.textContent = isPreview ? "" : answer.ok ? told.dataset.waits : told.dataset.gone;
        if (!isPreview) return;
        show(frame, await answer.text());
      }
    } catch (error) {
      if (error.name !== "AbortError") told.textContent = told.dataset.gone;
    }
  };

  form.querySelector("fieldset.both-languages").after(live); // each page under the text it is made of
  live.hidden = false;
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(draw, PAUSE);
  });
  draw();
})();
