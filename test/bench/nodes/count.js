// A sink that does nothing: what is counted is what comes back to the source.
export default () => undefined;
