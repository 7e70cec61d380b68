/**
 * Looks at a trained model: `node predict.mjs model.json` says how it does on the held-out digits,
 * which no member trained on.
 */
import { readFileSync } from 'node:fs';
import { loadDigits, split } from './data.mjs';
import { accuracy, parseModel } from './model.mjs';

function evaluate(path) {
  const { weights, hidden, seed } = parseModel(readFileSync(path, 'utf8'));
  const { heldOut } = split(loadDigits(), seed);
  const share = accuracy(weights, hidden, heldOut);
  return { event: 'evaluated', examples: heldOut.count, held_out_accuracy: Math.round(share * 1e4) / 1e4 };
}

const [path] = process.argv.slice(2);
if (path === undefined) {
  console.error('usage: node predict.mjs MODEL.json');
  process.exitCode = 2;
} else {
  console.log(JSON.stringify(evaluate(path)));
}
