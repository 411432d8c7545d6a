// A log as it was stored before ACCOUNT_CREATED had its second schema number. It is never changed: logs like it exist.

export const STORED_LOG = [
  {
    version: 1,
    type: "ACCOUNT_CREATED",
    schema: 1,
    created_at: 1481351048967,
    data: '{"userId":1}',
    metadata:
      '{"commandId":"8d1f6c1e-6d54-4b7e-9d0e-0c6a2e5b8f11","correlationId":"4bf92f3577b34da6a3ce929d0e0e4736","causationId":null,"actor":"anonymous"}',
  },
  {
    version: 2,
    type: "ACCOUNT_CONFIRMED",
    schema: 1,
    created_at: 1481351049385,
    data: "{}",
    metadata:
      '{"commandId":"0b0b7a52-1f0b-4f0e-8d3c-6f1e0b5a7c22","correlationId":"00f067aa0ba902b700f067aa0ba902b7","causationId":null,"actor":"anonymous"}',
  },
  {
    version: 3,
    type: "ACCOUNT_CLOSED",
    schema: 1,
    created_at: 1481353397395,
    data: '{"reason":"moved"}',
    metadata:
      '{"commandId":"key-1","correlationId":"00f067aa0ba902b700f067aa0ba902b8","causationId":null,"actor":"anonymous"}',
  },
] as const;
