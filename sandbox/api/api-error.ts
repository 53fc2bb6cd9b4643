/** Error codes of the real API that this one answers with, and their HTTP status. */
const statusOf = {
  conflict: 409,
  firewall_already_applied: 422,
  firewall_already_removed: 422,
  invalid_input: 422,
  invalid_server_type: 422,
  json_error: 400,
  locked: 423,
  not_found: 404,
  placement_error: 422,
  primary_ip_already_assigned: 422,
  protected: 423,
  resource_in_use: 409,
  resource_unavailable: 412,
  server_already_attached: 422,
  server_error: 500,
  server_not_stopped: 422,
  unauthorized: 401,
  uniqueness_error: 409,
  unsupported_error: 422,
  volume_already_attached: 422,
} as const;

export type ApiErrorCode = keyof typeof statusOf;

/** The body of every error answer: https://docs.hetzner.cloud, "Errors". */
export interface ApiErrorBody {
  readonly error: { readonly code: string; readonly message: string; readonly details: object | null };
}

/** An error that becomes the API's answer. */
export class ApiError extends Error {
  readonly #status: number;
  readonly #body: ApiErrorBody;

  /** `details` names the fields of an `invalid_input`. */
  constructor(status: number, code: string, message: string, details: object | null = null) {
    super(message);
    this.#status = status;
    this.#body = { error: { code, message, details } };
  }

  response(): Response {
    return Response.json(this.#body, { status: this.#status });
  }
}

/** An error with a code of the real API; `details` names the fields of an `invalid_input`. */
export function apiError(code: ApiErrorCode, message: string, details: object | null = null): ApiError {
  return new ApiError(statusOf[code], code, message, details);
}

/** `server with ID '7' not found`, in the words of the real API. */
export function notFound(kind: string, id: string | number): ApiError {
  return apiError("not_found", `${kind} with ID '${id}' not found`);
}
