// The floor of an edge: one more Worker on the way, which only leads a command one way and a read the other.

interface DoorEnv {
  readonly COMMAND: Fetcher;
  readonly VIEW: Fetcher;
}

export default {
  fetch(request: Request, { COMMAND, VIEW }: DoorEnv): Promise<Response> {
    return (request.method === "POST" ? COMMAND : VIEW).fetch(request);
  },
};
