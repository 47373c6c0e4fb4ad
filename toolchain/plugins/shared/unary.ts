import * as grpc from "@grpc/grpc-js";

/** The text of an error for a person: its message alone, never a stack trace. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** An error with a gRPC status of its own choice; every other error becomes UNKNOWN, as in Pulumi's own plugins. */
export class RpcError extends Error {
  constructor(
    readonly code: grpc.status,
    message: string,
  ) {
    super(message);
    this.name = "RpcError";
  }
}

/** Makes a gRPC handler of a plain (possibly asynchronous) function. `call` tells of cancellation. */
export function unary<Request, Response>(
  handle: (request: Request, call: grpc.ServerUnaryCall<Request, Response>) => Response | Promise<Response>,
): grpc.handleUnaryCall<Request, Response> {
  return async (call, callback) => {
    let response: Response;
    try {
      response = await handle(call.request, call);
    } catch (error) {
      const code = error instanceof RpcError ? error.code : grpc.status.UNKNOWN;
      callback({ code, details: messageOf(error) });
      return;
    }
    callback(null, response);
  };
}

/** A handler that says which feature is missing, for the parts of a service that Backline has no use for. */
export function unsupported<Request, Response>(what: string): grpc.handleUnaryCall<Request, Response> {
  return unary(() => {
    throw new RpcError(grpc.status.UNIMPLEMENTED, what);
  });
}
