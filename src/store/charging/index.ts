/** Charging records in files: numbered without gaps, complete across crashes, closed by size and age. */
export { diskRecordFiles, type RecordFile, type RecordFiles } from './files.js';
export { type Recorder, type RecorderPorts, type RecorderSettings, startRecorder } from './recorder.js';
