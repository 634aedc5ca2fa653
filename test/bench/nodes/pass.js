// The handler of jobs that nobody looks into.
export default (job) => job;
