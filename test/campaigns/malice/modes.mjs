// The ways a hostile program is launched: as a planning command on an overlay or a copy, as an engine of its own that plans or takes off;
// each with bubblewrap and without, as root and as an ordinary user.
const NOBODY = 65534;
const WAYS = ["overlay", "copy", "own engine", "own take-off"];

/** All modes that this user can try; only root can become another one. */
export function modes() {
  const uid = process.getuid();
  const users = uid === 0 ? [{ user: "root" }, { user: "ordinary", uid: NOBODY }] : [{ user: "ordinary" }];
  return users.flatMap((who) =>
    ["required", "off"].flatMap((sandbox) => WAYS.map((way) => ({ ...who, sandbox, way, label: label(who, sandbox) }))),
  );
}

function label({ user }, sandbox) {
  return `${user}, ${sandbox === "off" ? "no sandbox" : "bubblewrap"}`;
}

/** Arguments after `run WORKSPACE` that launch the hostile program in `mode`. */
export function launchArguments({ sandbox, way }, program) {
  const flags = ["--sandbox", sandbox, "--json"];
  return way.startsWith("own")
    ? [...flags, "--engine", program]
    : [...flags, "--config", `private_copy=${way}`, "--", "/usr/bin/python3", program];
}
