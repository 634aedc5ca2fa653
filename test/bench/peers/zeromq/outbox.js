// A ZeroMQ socket takes one send at a time; an outbox takes any number and sends them in order.

export function outbox(socket) {
  const waiting = [];
  let sending = false;
  return async (message) => {
    waiting.push(message);
    if (sending) return;
    sending = true;
    while (waiting.length > 0) await socket.send(waiting.shift());
    sending = false;
  };
}
