// Sends the chosen photo and shows it before and after. Nothing that the server says becomes markup: texts are set as text.
const element = (id) => document.getElementById(id);
const form = element("form"), input = element("photo"), send = element("send"), status = element("status"), drop = element("drop");
const shown = new Map();
let chosen = null;

function tell(text, isBad = false) {
  status.textContent = text;
  status.classList.toggle("bad", isBad);
}

function show(name, blob) {
  URL.revokeObjectURL(shown.get(name));
  const address = URL.createObjectURL(blob);
  shown.set(name, address);
  element(`${name}-photo`).src = address;
  element(name).hidden = false;
  return address;
}

function choose(file) {
  chosen = file;
  element("after").hidden = true;
  if (file.size > Number(document.body.dataset.maxBytes)) {
    tell("This photo is too large.", true);
    return;
  }
  show("before", file);
  tell("");
}

async function problemOf(answer) {
  try {
    return (await answer.json()).error.message;
  } catch {
    return `The server answers ${answer.status}.`;
  }
}

async function hide() {
  const query = element("soften").checked ? "?soften=1" : "";
  const headers = { "Content-Type": chosen.type || "application/octet-stream", Accept: "image/*" };
  if (element("key")) headers["X-API-Key"] = element("key").value.trim();
  const answer = await fetch(`v1/blur${query}`, { method: "POST", body: chosen, headers });
  if (!answer.ok) throw new Error(await problemOf(answer));
  const photo = await answer.blob();
  const save = element("save");
  save.href = show("after", photo);
  save.download = `hidden.${photo.type.split("/")[1]}`;
  const count = Number(answer.headers.get("X-Regions"));
  tell(count === 0 ? "Nothing to hide was found." : count === 1 ? "One region is hidden." : `${count} regions are hidden.`);
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (chosen === null) return;
  send.disabled = true;
  tell("Looking …");
  try {
    await hide();
  } catch (problem) {
    tell(problem instanceof TypeError ? "The server can't be reached." : problem.message, true);
  } finally {
    send.disabled = false;
  }
});

input.addEventListener("change", () => { if (input.files.length) choose(input.files[0]); });

element("example").addEventListener("click", async () => {
  try {
    const answer = await fetch(`v1/examples/${1 + Math.floor(Math.random() * 500)}`);
    if (!answer.ok) throw new Error(await problemOf(answer));
    input.required = false;
    choose(await answer.blob());
    tell("An example is chosen.");
  } catch (problem) {
    tell(problem instanceof TypeError ? "The server can't be reached." : problem.message, true);
  }
});

for (const name of ["dragover", "dragleave", "drop"]) {
  drop.addEventListener(name, (event) => {
    event.preventDefault();
    drop.classList.toggle("over", name === "dragover");
    if (name === "drop" && event.dataTransfer.files.length) {
      input.required = false;
      choose(event.dataTransfer.files[0]);
    }
  });
}
