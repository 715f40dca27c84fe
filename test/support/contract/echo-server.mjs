// What machines run where a scenario wants to see what reached them.
import { createServer } from 'node:http';

const server = createServer(async (request, response) => {
  let bytes = 0;
  for await (const chunk of request) bytes += chunk.length;
  response.end(
    JSON.stringify({ machine: process.env.FLY_MACHINE_ID, path: request.url, headers: request.headers, bytes }),
  );
});
server.listen(Number(process.env.PORT), '127.0.0.1');

process.stdin.on('end', () => process.exit(0)).resume();
