// Why something waits, as it is kept for an operator.

const MAX_REASON_LENGTH = 1_000;

export const reasonText = (reason: string): string => reason.slice(0, MAX_REASON_LENGTH);
