import type { Socket } from 'node:net';
import { farewellMs, type Visit } from './delivery/connections.js';
import { FrameScanner, goingAwayFrame } from './frame-scanner.js';

/** One end of a connection that has switched protocols, and what came after the switch before anybody read. */
export interface UpgradedEnd {
  readonly socket: Socket;
  readonly head: Buffer;
}

/** How long a socket whose other half is gone may take over its last bytes. */
const lingerMs = 5_000;

/** Passes bytes both ways and resolves when both ends are closed. `visit` may send a WebSocket away. */
export async function joinSockets(
  client: UpgradedEnd,
  target: UpgradedEnd,
  answerHead: string,
  visit: Visit | undefined,
): Promise<void> {
  if (client.socket.destroyed) return void target.socket.destroy();
  client.socket.write(answerHead);
  client.socket.write(target.head);
  target.socket.write(client.head);
  const closed = [client.socket, target.socket].map((one) => new Promise((resolve) => one.once('close', resolve)));
  client.socket.pipe(target.socket).pipe(client.socket);
  if (visit !== undefined) sendAwayWithFrame(client.socket, target, visit);
  // What is still to be sent to the other side is sent before it closes too.
  client.socket.once('close', () => endSoon(target.socket));
  target.socket.once('close', () => endSoon(client.socket));
  await Promise.all(closed);
}

/**
 * When the visit is sent away, the client gets a close frame as soon as a frame of the target's has ended. Its answer
 * still reaches the target. A target that never stops between two frames gets no such moment: both ends are then cut.
 */
function sendAwayWithFrame(client: Socket, target: UpgradedEnd, visit: Visit): void {
  const scanner = new FrameScanner();
  scanner.see(target.head);
  let leaving = false;
  const sayGoodbye = () => {
    if (!leaving || !scanner.atBoundary || client.writableEnded) return;
    target.socket.off('data', watch).unpipe(client).resume();
    client.end(goingAwayFrame);
  };
  const watch = (bytes: Buffer) => {
    scanner.see(bytes);
    sayGoodbye();
  };
  target.socket.on('data', watch);
  visit.whenSentAway(() => {
    leaving = true;
    sayGoodbye();
    const cut = setTimeout(() => [client, target.socket].forEach((one) => void one.destroy()), farewellMs);
    target.socket.once('close', () => clearTimeout(cut));
  });
}

function endSoon(socket: Socket): void {
  socket.setTimeout(lingerMs, () => socket.destroy()).destroySoon();
}
