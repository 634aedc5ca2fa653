export default (job) => job;
