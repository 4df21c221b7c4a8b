// The frame of the page: it shows each event as it came.
const name = location.pathname.split("/").pop();
const stream = new EventSource(`/api/boards/${name}/events${location.search}`);
for (const kind of ["tile", "same", "tile_error", "status", "choices"]) {
  stream.addEventListener(kind, (message) => {
    const line = document.createElement("pre");
    line.textContent = `${kind} ${message.data}`;
    document.body.prepend(line);
  });
}
