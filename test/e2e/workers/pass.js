/** Passes on what comes. */
export default (value) => value;
