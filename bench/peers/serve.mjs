// ./run bench serve [--seconds N] [--images N] [--rounds N]
// Compares POST /api/optimize under load with `imgmill optimize` over the same images, and measures
// the server's memory during a large job.
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { emptied, imgmill, machine, measured, median, option, publish, require, root, table, work } from './common.mjs';
import { tiles } from './inputs.mjs';

const sharp = require('sharp');
const clients = 2;
const seconds = Number(option('seconds', 15));
const images = Number(option('images', 10000));
const rounds = Number(option('rounds', 3));

/** Debian's wrk; unpacked if it is not installed. */
function wrk() {
  if (spawnSync('wrk', ['--version']).error === undefined) return ['wrk'];
  const folder = path.join(work, 'wrk');
  for (const name of ['wrk', 'libluajit-5.1-2']) {
    const done = spawnSync(path.join(root, 'tools', 'unpack_package.sh'), [name, folder], { stdio: 'inherit' });
    if (done.status !== 0) throw new Error(`no ${name}`);
  }
  const libraries = path.join(folder, 'usr', 'lib', 'x86_64-linux-gnu');
  return ['env', `LD_LIBRARY_PATH=${libraries}`, path.join(folder, 'usr', 'bin', 'wrk')];
}

/** Starts a server; `stop()` ends it. */
async function served(extra = []) {
  const server = spawn(imgmill, ['serve', '--port', '0', '--json', '--root', work,
    '--workspace', emptied(path.join(work, 'workspace')), ...extra], { stdio: ['ignore', 'pipe', 'inherit'] });
  const line = await new Promise((done) => server.stdout.once('data', done));
  const { port, token } = JSON.parse(line);
  const ended = new Promise((done) => server.once('exit', done));
  return {
    port, token, pid: server.pid,
    ask: async (method, where, body) => (await fetch(`http://127.0.0.1:${port}${where}`,
      { method, body, headers: { Authorization: `Bearer ${token}` } })).json(),
    stop: () => { server.kill('SIGINT'); return ended; },
  };
}

/** Returns p50 and p99 in ms, and images per second. */
function loaded(server, files, duration) {
  const script = path.join(work, 'post.lua');
  fs.writeFileSync(path.join(work, 'post.list'), files.join('\n') + '\n');
  fs.writeFileSync(script, `
local requests = {}
local at = 0
function init()
  for name in io.lines("${path.join(work, 'post.list')}") do
    local file = io.open(name, "rb")
    requests[#requests + 1] = wrk.format("POST", "/api/optimize",
      { ["Authorization"] = "Bearer ${server.token}" }, file:read("*a"))
    file:close()
  end
end
function request()
  at = at % #requests + 1
  return requests[at]
end
function done(summary, latency)
  local errors = summary.errors
  io.write(string.format('JSON {"p50": %f, "p99": %f, "rate": %f, "wrong": %d}\\n', latency:percentile(50) / 1000,
    latency:percentile(99) / 1000, summary.requests / (summary.duration / 1e6),
    errors.status + errors.connect + errors.read + errors.timeout))
end
`);
  const [program, ...words] = wrk();
  const told = spawnSync(program, [...words, '-t1', `-c${clients}`, `-d${duration}s`, '--timeout', '30s', '-s', script,
    `http://127.0.0.1:${server.port}`], { encoding: 'utf8' });
  if (told.status !== 0) throw new Error(`wrk: ${told.stderr}`);
  const figures = JSON.parse(told.stdout.match(/JSON (.*)/)[1]);
  if (figures.wrong > 0) throw new Error(`${figures.wrong} requests went wrong`);
  return figures;
}

const made = await tiles(500);
const server = await served();
loaded(server, made.files, 3); // warm-up
const pairs = [];
for (let round = 0; round < rounds; ++round) {
  const load = loaded(server, made.files, seconds);
  const batch = measured([imgmill, 'optimize', made.folder, '-o', emptied(path.join(work, 'out')), '--quiet']);
  pairs.push({ ...load, batch: made.files.length / batch.wall });
}
await server.stop();
const of = (name) => median(pairs.map((pair) => pair[name]));
const ratio = median(pairs.map((pair) => pair.rate / pair.batch));

// Many small pictures, so that rows and requests weigh more than pixels.
const many = emptied(path.join(work, 'in', 'many'));
for (let i = 0; i < images; ++i) {
  const folder = path.join(many, String(i % 50));
  if (i < 50) fs.mkdirSync(folder, { recursive: true });
  const bytes = i < 100 ? await sharp({ create: { width: 64, height: 64, channels: 3,
    background: { r: i * 2, g: 255 - i, b: (i * 37) % 256 }, noise: { type: 'gaussian', mean: 128, sigma: 30 } } })
    .jpeg({ quality: 95 }).toBuffer() : null;
  const first = path.join(many, String((i % 100) % 50), `${i % 100}.jpg`);
  const file = path.join(folder, `${i}.jpg`);
  if (bytes) fs.writeFileSync(file, bytes);
  else fs.copyFileSync(first, file);
}
const memory = (pid) => Number(fs.readFileSync(`/proc/${pid}/status`, 'utf8').match(/VmRSS:\s+(\d+)/)[1]) / 1024;
const large = await served();
const idle = memory(large.pid);
const job = await large.ask('POST', '/api/jobs', JSON.stringify({
  source: { kind: 'folder', path: many }, settings: { quality: 75, effort: 'fast' } }));
// A client listens, as the page does.
const listening = new AbortController();
let heard = 0;
fetch(`http://127.0.0.1:${large.port}/api/jobs/${job.id}/events`,
  { headers: { Authorization: `Bearer ${large.token}` }, signal: listening.signal })
  .then(async (response) => { for await (const part of response.body) heard += part.length; }).catch(() => {});
const samples = [];
const started = Date.now();
for (;;) {
  const now = await large.ask('GET', `/api/jobs/${job.id}`);
  const done = now.counts.done + now.counts.kept + now.counts.failed;
  samples.push({ done, rss: memory(large.pid) });
  if (now.state === 'done') {
    if (now.counts.failed > 0) throw new Error(`${now.counts.failed} images failed`);
    break;
  }
  await new Promise((later) => setTimeout(later, 200));
}
const took = (Date.now() - started) / 1000;
listening.abort();
await large.stop();
const at = (share) => samples.find((sample) => sample.done >= share * images).rss;
const peak = Math.max(...samples.map((sample) => sample.rss));

const ms = (value) => `${value.toFixed(1)} ms`;
const mib = (value) => `${value.toFixed(0)} MiB`;
publish('serve', [
  `Measured on ${machine()}. ${made.label}, ${clients} clients (wrk), ${rounds} rounds of ${seconds} s in turn with `
    + '`imgmill optimize` over the same images; medians.',
  '',
  table(['POST /api/optimize', 'p50', 'p99', 'p99 / p50', 'images/s', '`optimize`, images/s', 'server / `optimize`'],
    [['measured', ms(of('p50')), ms(of('p99')), (of('p99') / of('p50')).toFixed(2), of('rate').toFixed(1),
      of('batch').toFixed(1), ratio.toFixed(2)], ['to reach', '', '', 'below 3', '', '', 'at least 0.85']]),
  '',
  `The server's memory (VmRSS of its process, without workers) during a job of ${images} JPEGs of 64 px in a local folder, with `
    + `somebody listening to its events (${(heard / 1e6).toFixed(1)} MB), ${(images / took).toFixed(0)} images a second:`,
  '',
  table(['idle', 'a tenth done', 'half done', 'nine tenths done', 'at the end', 'peak'],
    [[mib(idle), mib(at(0.1)), mib(at(0.5)), mib(at(0.9)), mib(samples.at(-1).rss), mib(peak)]]),
].join('\n'));
