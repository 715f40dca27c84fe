import { expect, it } from 'vitest';
import { askRaw, startTestServer, TestServing } from '../support/server.js';

const names = 40;

it('a flood of names that no project has leaves a few lines in the log and a count, and no route is read twice', async () => {
  const serving = new TestServing();
  const server = await startTestServer(serving);
  const requests = Array.from({ length: names }, (_, at) => {
    const end = at === names - 1 ? 'Connection: close\r\n' : '';
    return `GET / HTTP/1.1\r\nHost: nobody-${at}.valet.test\r\n${end}\r\n`;
  });
  const answers = await askRaw(server.port, requests.join(''));
  await server.server.stop();
  expect(answers.match(/HTTP\/1.1 404 /g)).toHaveLength(names);
  expect(serving.routes.reads).toHaveLength(names);
  const lines = server.logged.filter(({ code }) => code === 'project_not_found');
  expect(lines.filter(({ msg }) => msg === 'request refused')).toHaveLength(10);
  expect(lines.at(-1)).toMatchObject({ left_out: names - 10 });
});
