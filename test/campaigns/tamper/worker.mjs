// One of several processes that play a part's attacks: every n-th is this one's. What came of each goes to the parent at once.
//   node worker.mjs '{"part":…,"shard":[0,2],"most":20,"head":FILE,"scene":…,"own":…}'
import { PARTS } from "./parts.mjs";
import { Scene } from "./scene.mjs";

const { part, shard, most, head, scene, own } = JSON.parse(process.argv[2]);
const [worker, workers] = shard;
const { attacks, place, play } = PARTS[part];
const context = {
  scene: Scene.known(scene),
  own: Scene.known(own),
  most: most ?? Number.POSITIVE_INFINITY,
  head,
  worker,
};
const mine = attacks(context).filter((_, index) => index % workers === worker);
const tell = (message) => new Promise((resolve) => process.send(message, resolve));

await tell({ families: mine.map(({ kind }) => kind) });
const { place: here, close } = place(context, worker);
try {
  for (const [number, attack] of mine.entries()) {
    await tell({ begun: `${attack.kind}: ${attack.name}` });
    await tell({ family: attack.kind, rows: await play(context, here, attack, number) });
  }
} finally {
  close();
}
await tell({ ended: true });
process.disconnect();
