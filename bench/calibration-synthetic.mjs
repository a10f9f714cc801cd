/**
 * Writes texts whose distribution of labels is known, for `alidade calibration study`: each of 80 words speaks for or against each of three labels, the sum over a
 * text's words gives the distribution, five votes are drawn from it. `truth` holds it as counts of a million.
 *
 *   node bench/calibration-synthetic.mjs [examples] > synthetic.jsonl
 */

const size = Number(process.argv[2] ?? 6000);
const labels = ["a", "b", "c"];

let state = 20220501;
/** mulberry32 */
const unit = () => {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
};
const normal = () => Math.sqrt(-2 * Math.log(1 - unit())) * Math.cos(2 * Math.PI * unit());

const syllables = ["ba", "do", "ki", "lu", "me", "no", "pa", "ri", "so", "tu"];
const words = Array.from({ length: 80 }, (_, i) => ({
  word: `${syllables[i % 10]}${syllables[Math.floor(i / 10)]}${syllables[(i * 7 + 3) % 10]}`,
  weights: labels.map(() => 0.7 * normal()),
}));

for (let i = 0; i < size; i++) {
  const chosen = new Set();
  while (chosen.size < 8) chosen.add(Math.floor(unit() * words.length));
  const own = [...chosen].map((at) => words[at]);
  const z = labels.map((_, k) => own.reduce((sum, { weights }) => sum + weights[k], 0));
  const e = z.map((value) => Math.exp(value - Math.max(...z)));
  const sum = e.reduce((a, b) => a + b, 0);
  const votes = Array.from({ length: 5 }, () => {
    let rest = unit() * sum;
    const label = e.findIndex((value) => (rest -= value) < 0);
    return labels[label < 0 ? labels.length - 1 : label];
  });
  const counts = labels.map((label) => votes.filter((vote) => vote === label).length);
  console.log(
    JSON.stringify({
      id: `s${i}`,
      text: own.map(({ word }) => word).join(" "),
      label: labels[counts.indexOf(Math.max(...counts))],
      votes,
      truth: Object.fromEntries(labels.map((label, k) => [label, Math.round((1e6 * e[k]) / sum)])),
    }),
  );
}
