/** What bundles have in place of `@smithy/core/event-streams`, which the SDK loads for operations that stream events: none of ours does. */
const absent = (): never => {
  throw new Error("a bundle speaks no event streams");
};

export { absent as EventStreamSerde, absent as eventStreamSerdeProvider };
