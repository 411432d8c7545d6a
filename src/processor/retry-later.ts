// How long a message waits that failed: 2, 4, 8 … seconds.

/** Long enough to leave a part alone that is down, short enough to be soon when it is back. */
const MAX_DELAY_SECONDS = 300;
/** In the dead-letter queue a hundred attempts are to outlast an outage of days. */
const MAX_DEAD_DELAY_SECONDS = 3_600;

export function retryLater(message: Message): void {
  message.retry({ delaySeconds: Math.min(2 ** message.attempts, MAX_DELAY_SECONDS) });
}

export function retryDeadLater(message: Message): void {
  message.retry({ delaySeconds: Math.min(2 ** message.attempts, MAX_DEAD_DELAY_SECONDS) });
}
