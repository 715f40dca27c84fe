import { expect, test } from 'vitest';
import { directApp, requestTarget } from '../../../src/local/proxy/request-target.js';
import { proxyBench, replaying, testService } from '../../support/proxy.js';
import { ask, askEcho, echo, fieldsOf, rawAsk } from '../../support/proxy-client.js';

test.each([
  ['projects.fly.localhost', 'projects'],
  ['Projects.FLY.localhost:8080', 'projects'],
  ['a-1.fly.localhost.', 'a-1'],
  ['projects.localhost', undefined],
  ['a.b.fly.localhost', undefined],
  ['fly.localhost', undefined],
  ['projects.fly.localhost.example', undefined],
  ['', undefined],
  [undefined, undefined],
])('the host name %s is that of app %s', (host, app) => {
  expect(directApp(host)).toBe(app);
});

test.each([
  ['/a?b', { host: 'header', path: '/a?b' }],
  ['*', { host: 'header', path: '*' }],
  ['http://name:80/a?b', { host: 'name:80', path: '/a?b' }],
  ['HTTPS://user@name?b#c', { host: 'name', path: '/?b' }],
  ['http://name', { host: 'name', path: '/' }],
])('the target %s is %o', (url, target) => {
  expect(requestTarget(url, 'header')).toEqual(target);
});

test('the name of an app that exists leads to it directly, waking it, and any other to the control plane', async () => {
  await using bench = await proxyBench([echo('cp')]);
  const machine = await bench.machines.add('m1', echo('m1'), { state: 'suspended' });
  const by = async (host: string) => (await askEcho(bench.port, { headers: { host } })).name;
  expect(await by('projects.fly.localhost')).toBe('m1');
  expect(machine.starts).toEqual(['proxy']);
  expect(await by('unknown.fly.localhost')).toBe('cp');
  expect(await by('projects.localhost')).toBe('cp');
});

test('a request in absolute form goes where that says, with its host', async () => {
  await using bench = await proxyBench([echo('cp')]);
  await bench.machines.add('m1', echo('m1'));
  const raw = 'GET http://projects.fly.localhost/a?b HTTP/1.1\r\nHost: demo.localhost\r\nConnection: close\r\n\r\n';
  const answer = await rawAsk(bench.port, raw);
  expect(answer).toContain('"name":"m1"');
  expect(answer).toContain('"path":"/a?b"');
  expect(answer).toContain('"host":"projects.fly.localhost"');
});

test('without instances outside, the machines of its app are the control plane, and they replay', async () => {
  await using bench = await proxyBench([], { controlPlane: { app: 'router' } });
  const service = testService({ autostart: false });
  const router = await bench.machines.add('r1', replaying('app=projects;instance=m1'), { app: 'router', service });
  await bench.machines.add('m1', echo('m1'));
  const { name, headers } = await askEcho(bench.port, { headers: { host: 'demo.localhost' } });
  expect(name).toBe('m1');
  expect(fieldsOf(headers['fly-replay-src'])).toMatchObject({ instance: 'r1' });
  router.state = 'stopped';
  const reply = await ask(bench.port);
  expect(reply.status).toBe(503);
});

test('a control plane of machines may take a failed replay back', async () => {
  await using bench = await proxyBench([], { controlPlane: { app: 'router' }, deadTargetDelayMs: 20 });
  const replay = replaying('app=projects;instance=gone;fallback=force_self');
  await bench.machines.add(
    'r1',
    (asked, response) => (asked.headers['fly-replay-failed'] ? echo('r1') : replay)(asked, response),
    { app: 'router' },
  );
  const { headers } = await askEcho(bench.port);
  expect(fieldsOf(headers['fly-replay-failed'])).toMatchObject({ replay_source: 'r1', reason: 'no_candidate' });
});
