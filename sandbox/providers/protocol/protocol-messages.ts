import { Metadata, status, type ServiceError } from "@grpc/grpc-js";
import {
  CheckFailure,
  CheckResponse,
  DiffResponse,
  ErrorResourceInitFailed,
  PropertyDiff,
} from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";

import type { Difference, DifferenceKind } from "./property-diff";
import type { Properties } from "./property-values";
import { PartlyCreatedError } from "./resource";

/** The properties in a message; a message without any has none. */
export function propertiesOf(struct: Struct | undefined): Properties {
  return struct?.toJavaScript() ?? {};
}

export function structOf(properties: Properties): Struct {
  return Struct.fromJavaScript(properties);
}

/**
 * Refusals are sent without the property's name, which the sentence gives: beside a name the engine prints the value,
 * and that may be a secret.
 */
export function checkResponse(inputs: Properties, refusals: readonly string[]): CheckResponse {
  const failures = refusals.map((reason) => new CheckFailure().setReason(reason));
  return new CheckResponse().setInputs(structOf(inputs)).setFailuresList(failures);
}

const kinds: Record<DifferenceKind, PropertyDiff.Kind> = {
  add: PropertyDiff.Kind.ADD,
  "add-replace": PropertyDiff.Kind.ADD_REPLACE,
  delete: PropertyDiff.Kind.DELETE,
  "delete-replace": PropertyDiff.Kind.DELETE_REPLACE,
  update: PropertyDiff.Kind.UPDATE,
  "update-replace": PropertyDiff.Kind.UPDATE_REPLACE,
};

export function diffResponse(difference: Difference): DiffResponse {
  const { DIFF_NONE, DIFF_SOME } = DiffResponse.DiffChanges;
  const response = new DiffResponse()
    .setChanges(difference.changed.length === 0 ? DIFF_NONE : DIFF_SOME)
    .setDiffsList([...difference.changed])
    .setReplacesList([...difference.replaces])
    .setDeletebeforereplace(difference.deleteBeforeReplace ?? false)
    .setHasdetaileddiff(difference.detailed !== undefined);
  for (const [path, kind] of Object.entries(difference.detailed ?? {})) {
    response.getDetaileddiffMap().set(path, new PropertyDiff().setKind(kinds[kind]));
  }
  return response;
}

/** An error as gRPC sends it; one that left a resource behind carries it, so that the engine can record it. */
export function serviceError(error: unknown): Partial<ServiceError> {
  const details = error instanceof Error ? error.message : String(error);
  if (!(error instanceof PartlyCreatedError)) {
    return { code: status.UNKNOWN, details };
  }
  const failed = new ErrorResourceInitFailed()
    .setId(error.id)
    .setProperties(structOf(error.outputs))
    .setReasonsList([details]);
  const packed = new Any();
  packed.pack(failed.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const rich = new Status().setCode(status.UNKNOWN).setMessage(details);
  rich.addDetails(packed);
  const metadata = new Metadata();
  // The name under which gRPC carries google.rpc.Status.
  metadata.add("grpc-status-details-bin", Buffer.from(rich.serializeBinary()));
  return { code: status.UNKNOWN, details, metadata };
}
