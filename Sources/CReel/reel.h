/*
 * Reel records calls: it takes the two legs of a call as PCM and makes files that can be trusted.
 *
 *     reel_engine_options options;
 *     reel_engine_options_init(&options, sizeof options);
 *     options.folder = "/var/recordings";
 *     reel_engine *engine;
 *     reel_error error;
 *     if (reel_engine_new(&options, &engine, &error) != REEL_OK) return fail(error.message);
 *
 *     reel_call *call;
 *     reel_call_new(engine, "abc123", 8000, 8000, &call, &error);
 *     reel_record_options record;
 *     reel_record_options_init(&record, sizeof record, REEL_PRESET_RECORD_CALL);
 *     reel_call_record(call, &record, NULL, &error);
 *     reel_call_push(call, REEL_CALLER, samples, 160);            // the media threads, which never wait
 *     reel_call_push_at_stamp(call, REEL_AGENT, samples, 160, rtp_timestamp);
 *     reel_call_end(call, -1, NULL, &error);
 *     reel_call_free(call);
 *     reel_engine_free(engine);
 *
 * Rules for all of it
 *
 * - Results. A function that can fail gives REEL_OK, which is 0, or a REEL_ERROR_, which is negative, and changes
 *   nothing then. What it gives by a pointer it writes on success only. `error` may be NULL; when it is not, it is
 *   written on failure only: what is wrong, what was given and what is allowed, as text for a log.
 * - Handles. Made by a function that ends in _new or by reel_call_record and reel_call_recording, given back once, by
 *   the _free of their kind. A handle that is NULL or of another kind is answered with REEL_ERROR_HANDLE. Using one
 *   after its _free, or while it is being freed, is undefined, as with free() itself; engine, calls and recordings may
 *   be freed in any order.
 * - Threads. Unless a function says otherwise any thread may call it at any time, on the same handle too. Those marked
 *   "Real-time" are for media threads: no lock, allocation, system call or unbounded loop, whatever the disk, the
 *   encoders or other threads do. All others may wait for a lock: no media thread should call them.
 * - Text is UTF-8 that ends in a zero, of at most REEL_TEXT_LIMIT bytes, and is copied. Times are seconds.
 * - Structs that you fill begin with their size, which their _init sets. A program made with an older header than the
 *   library's gets the defaults for what it does not know; one made with a newer header is taken as long as it leaves
 *   what the library does not know 0. Structs that the library makes are read through its pointers, and may grow.
 * - The library starts threads for each engine, of which signals go to none, and none before. Ignore SIGXFSZ, so that
 *   a file beyond the process's limit is an error and not its death. An engine does not outlive a fork.
 */
#ifndef REEL_H
#define REEL_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The version of this header. The ABI is the same as long as the major number is, and while that is 0, the minor. */
#define REEL_VERSION_MAJOR 0
#define REEL_VERSION_MINOR 5
#define REEL_VERSION_PATCH 0
#define REEL_VERSION_NUMBER (REEL_VERSION_MAJOR * 1000000 + REEL_VERSION_MINOR * 1000 + REEL_VERSION_PATCH)

/* The library's version, to compare with REEL_VERSION_NUMBER. */
int32_t reel_version(void);

/* Results */

typedef int32_t reel_status;
enum {
  REEL_OK = 0,
  REEL_ERROR_HANDLE = -1,    /* a handle is NULL, or of another kind */
  REEL_ERROR_ARGUMENT = -2,  /* a pointer is NULL or not aligned, a number out of range, or text no UTF-8 or too long */
  REEL_ERROR_OPTION = -3,    /* an option's value can't be taken */
  REEL_ERROR_FILE = -4,      /* a file or folder can't be read, written or trusted, or a codec's library refuses */
  REEL_ERROR_STATE = -5,     /* the recording's state does not allow it: a second pause, a resume without one */
  REEL_ERROR_ENDED = -6,     /* the call or the recording has ended, or the engine is closed */
  REEL_ERROR_UNKNOWN = -7,   /* no recording of that control id goes on, or none at all */
  REEL_ERROR_IN_USE = -8,    /* a recording of that control id goes on in the same call */
  REEL_ERROR_LIMIT = -9,     /* the engine has as many recordings as it may, or the system gives no more threads */
  REEL_ERROR_TIMEOUT = -10,  /* it did not come in time; asking again is allowed */
  REEL_ERROR_THREAD = -11,   /* two threads use at once what is for one at a time; told by debug builds only */
  REEL_ERROR_INTERNAL = -12  /* nothing of the above: a mistake in Reel */
};

/* What is wrong with one call of a function. It is the caller's own, and never grows. */
typedef struct reel_error {
  reel_status status;
  int32_t error_number; /* the system's errno, where the system refused; else 0 */
  char message[504];    /* one line that ends in a zero; cut where it is too long */
} reel_error;

/* What a status means, in English. The text is the library's and stays; any number is answered. Real-time. */
const char *reel_strerror(reel_status status);

/* Constants */

/* Text is at most so many bytes long, without its zero. */
#define REEL_TEXT_LIMIT 4096
/* No push or pull may have more samples: 60 s at 48 kHz, the largest ring there can be. */
#define REEL_SAMPLE_LIMIT 2880000

/* One party's audio. */
typedef int32_t reel_leg;
enum {
  REEL_CALLER = 0, /* who called; on the left of stereo */
  REEL_AGENT = 1   /* who answers; on the right of stereo */
};

/* The legs that a recording takes in. */
typedef int32_t reel_legs;
enum { REEL_LEGS_CALLER = 0, REEL_LEGS_AGENT = 1, REEL_LEGS_BOTH = 2 };

/* The published defaults, which reel_record_options_init sets. */
typedef int32_t reel_preset;
enum {
  REEL_PRESET_RECORD = 0,      /* a voicemail: the caller, until #, no speech for 4 s, or 5 s of silence after speech */
  REEL_PRESET_RECORD_CALL = 1, /* both parties, until told to stop */
  REEL_PRESET_RELAY = 2        /* the caller as MP3, until # or *, no speech for 5 s, or 1 s of silence after speech */
};

/* Container and codec. */
typedef int32_t reel_format;
enum { REEL_WAV = 0, REEL_MP3 = 1, REEL_MP4 = 2 };

/* How a WAV file holds samples: 16 bits, or G.711's 8. */
typedef int32_t reel_wav_encoding;
enum { REEL_PCM16 = 0, REEL_MULAW = 1, REEL_ALAW = 2 };

/* What LAME holds constant. */
typedef int32_t reel_mp3_mode;
enum { REEL_MP3_CONSTANT = 0, REEL_MP3_AVERAGE = 1, REEL_MP3_VARIABLE = 2 };

/* When a recording's sound is encoded. */
typedef int32_t reel_encode_time;
enum {
  REEL_ENCODE_LIVE = 0, /* while it comes */
  REEL_ENCODE_AFTER = 1 /* when the recording is over, by threads that give way; until then it is captured as WAV */
};

/* What a pause leaves in the file. */
typedef int32_t reel_pause_behavior;
enum {
  REEL_PAUSE_SILENCE = 0, /* silence of the same length */
  REEL_PAUSE_SKIP = 1     /* nothing: the time is taken out */
};

/* What is recorded */

/* What became of a leg's samples, each at one of them. */
typedef struct reel_leg_sums {
  int64_t real;    /* as they were pushed */
  int64_t filled;  /* silence where none arrived */
  int64_t paused;  /* silence of a pause */
  int64_t dropped; /* silence where a ring or the memory for what waits was full */
  int64_t late;    /* pushed, and not in the file: their place was taken */
} reel_leg_sums;

/* A finished file. */
typedef struct reel_file {
  const char *path;
  int64_t byte_count;
  int64_t samples;     /* of one side */
  const char *sha256;  /* in hexadecimal digits */
  const char *failure; /* why it is not all that it should be; else NULL */
} reel_file;

/* How a recording ended, in the published words. */
typedef int32_t reel_outcome;
enum {
  REEL_FINISHED = 0, /* as it was meant to */
  REEL_NO_INPUT = 1, /* nobody spoke */
  REEL_FAILED = 2    /* the file is not what it should be; what was written is kept, and plays */
};

/* Why. */
typedef int32_t reel_reason;
enum {
  REEL_REASON_STOPPED = 0,
  REEL_REASON_CALL_ENDED = 1,
  REEL_REASON_TERMINATOR = 2,
  REEL_REASON_END_SILENCE = 3,
  REEL_REASON_MAX_LENGTH = 4,
  REEL_REASON_NO_INPUT = 5,
  REEL_REASON_FAILED = 6
};

/* What became of a recording. */
typedef struct reel_summary {
  const char *call_id;
  const char *control_id;
  const char *recording_id;
  reel_outcome outcome;
  reel_reason reason;
  const char *reason_text;    /* the reason as people say it */
  const char *failure;        /* what went wrong first; else NULL */
  int64_t start_microseconds; /* since 1970 began: when recording was asked for */
  int64_t end_microseconds;   /* the same: when its files were closed */
  double duration_seconds;
  int32_t rate_hz;            /* of the timeline, whose samples are counted below */
  char terminator;            /* the key of REEL_REASON_TERMINATOR; else 0 */
  int64_t timeline_samples;
  int64_t paused_samples;     /* written as silence for pauses */
  int64_t skipped_samples;    /* taken out for pauses; not part of the timeline */
  int64_t speech_samples;     /* in which speech was heard on any recorded leg */
  reel_leg_sums caller;       /* all 0 when it is not recorded */
  reel_leg_sums agent;
  size_t file_count;
  const reel_file *const *files; /* in the order in which they were asked for */
  size_t manifest_count;
  const char *const *manifests; /* where the files are that tell what every sample is */
} reel_summary;

/* What became of a call. */
typedef struct reel_call_summary {
  const char *call_id;
  int64_t lost_samples; /* of both legs: those that found no room in the rings */
  size_t recording_count;
  const reel_summary *const *recordings; /* in the order in which they were closed */
} reel_call_summary;

/* Gives back what reel_recording_summary and reel_call_end gave; NULL is taken. */
void reel_summary_free(const reel_summary *summary);
void reel_call_summary_free(const reel_call_summary *summary);

/* Events */

typedef int32_t reel_event_kind;
enum {
  REEL_EVENT_RECORDING = 0,       /* recording begins, or goes on after a pause, at `at_seconds` */
  REEL_EVENT_PAUSED = 1,          /* recording rests, from `at_seconds` on */
  REEL_EVENT_BEEP_NOT_PLAYED = 2, /* nobody pulled the beep in time, so recording begins without it */
  REEL_EVENT_DROPPED = 3,         /* disk or encoders were late: `lost_seconds` from `at_seconds` on are silence */
  REEL_EVENT_OVERRUN = 4,         /* a leg's ring was full: `lost_seconds` of `leg` are silence */
  REEL_EVENT_ENDED = 5            /* the last, once, when the files are closed under their final names: see `summary` */
};

/* What a recording tells. Places are seconds of its own timeline. */
typedef struct reel_event {
  reel_event_kind kind;
  reel_leg leg;                       /* of REEL_EVENT_OVERRUN */
  reel_pause_behavior pause_behavior; /* of REEL_EVENT_PAUSED */
  int32_t reserved;
  void *context;             /* the `context` of the options that it was begun with */
  const char *call_id;
  const char *control_id;
  const char *recording_id;
  double at_seconds;
  double lost_seconds;
  int64_t lost_events;         /* events of this engine that made room, since the one before this */
  const reel_summary *summary; /* of REEL_EVENT_ENDED, as long as the event; else NULL */
} reel_event;

/* Engine */

/* Records calls into a folder: thousands at once, on a few threads of its own. A process usually has one. */
typedef struct reel_engine reel_engine;

typedef struct reel_engine_options {
  size_t size;
  const char *folder;     /* where recordings are made; must be there, and is this engine's alone while it lives */
  int32_t workers;        /* threads that run recorders and encoders, 1 to 1,024; 0: one for each core */
  int32_t encoders_after; /* recordings of REEL_ENCODE_AFTER that are encoded at once, 1 to 1,024; 1 */
  double ring_seconds;    /* how much of a leg may wait for its worker, four beats to 60; 0.5 */
  double beat_seconds;    /* how often the workers look, 0.001 to 0.1; 0.05 */
  int64_t backlog_bytes;  /* memory for audio that waits for disk or encoder, for all recordings; 512 MiB */
  int32_t recording_limit; /* recordings at once, with those that wait to be closed, 1 to 1,000,000; 50,000 */
  int32_t event_limit;     /* events that wait to be taken, 1 to 1,000,000; then the oldest makes room; 16,384 */
  /* Called for each event, one after the other, on a thread of the engine's own that gives no media thread or worker
   * anything to wait for. The event is there for the time of the call. It may call any function of Reel's. NULL: events
   * are taken by reel_engine_next_event. */
  void (*on_event)(void *context, const reel_event *event);
  void *event_context; /* the first argument of on_event */
} reel_engine_options;

/* Sets `size`, which is sizeof *options, and every default. The folder is left to be set. */
reel_status reel_engine_options_init(reel_engine_options *options, size_t size);

/* Takes the folder and starts the threads. REEL_ERROR_FILE where the folder is another engine's or can't be written
 * in. What a crash left there is not looked for: see reel_recover. */
reel_status reel_engine_new(const reel_engine_options *options, reel_engine **engine, reel_error *error);

/* What became of the recordings that went on when an engine was closed. */
typedef struct reel_closing {
  int64_t closed;
  int64_t left; /* not closed in time: they play, and reel_recover makes them whole once this process is gone */
} reel_closing;

/* Ends every call, closes every recording and stops the threads; waits for that up to `timeout_seconds`, or, when that
 * is negative, as long as it takes. Events can be taken afterwards. `closing` may be NULL. REEL_ERROR_ENDED when done
 * already. */
reel_status reel_engine_close(reel_engine *engine, double timeout_seconds, reel_closing *closing, reel_error *error);

/* Closes it within 5 s if nobody did, waits until on_event has had every event, and gives the handle back. NULL is
 * taken. In on_event it does not wait for that, and the event in hand is the last. */
reel_status reel_engine_free(reel_engine *engine);

/* A descriptor that poll, epoll and select find readable while events wait. It is the engine's, until its _free: never
 * read from it or close it. REEL_ERROR_ARGUMENT when there is an on_event. */
reel_status reel_engine_event_descriptor(reel_engine *engine, int *descriptor, reel_error *error);

/* Takes the oldest event, or gives NULL for it where none waits; never waits for one. Give it back with
 * reel_event_free. REEL_ERROR_ARGUMENT when there is an on_event. */
reel_status reel_engine_next_event(reel_engine *engine, const reel_event **event, reel_error *error);

/* Gives an event of reel_engine_next_event back; NULL is taken. */
void reel_event_free(const reel_event *event);

/* What an engine has done and is doing. */
typedef struct reel_counters {
  size_t size;
  int64_t recordings;      /* that go on or wait to be closed */
  int64_t closed;          /* that are what they should be */
  int64_t failed;          /* that ended in an error */
  int64_t overrun_samples; /* of a leg, that found no room in a ring */
  int64_t dropped_samples; /* of a timeline, lost because the disk or an encoder did not keep up */
  int64_t backlog_bytes;   /* memory in use by audio that waits */
  int64_t sync_failures;   /* how often the disk would not take what it had been given */
  int64_t lost_events;     /* that made room for newer ones before anybody took them */
  double disk_wait_seconds; /* how long the writer has been waiting for the disk; 0 when it is not */
  double longest_disk_wait_seconds;
  double longest_beat_seconds; /* the longest that a worker needed for one beat */
} reel_counters;

/* Fills what of `counters` fits in `size` bytes, which is sizeof *counters. */
reel_status reel_engine_counters(reel_engine *engine, reel_counters *counters, size_t size, reel_error *error);

/* Calls */

/* Two legs that are pushed, and any number of recordings of them. */
typedef struct reel_call reel_call;

/* A call whose legs have rates of their own, of 8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100 and 48000. `id`
 * names it, in files' names too. Nothing is recorded before reel_call_record. */
reel_status reel_call_new(reel_engine *engine, const char *id, int32_t caller_hz, int32_t agent_hz, reel_call **call,
                          reel_error *error);

/* Hangs up, without waiting, and gives the handle back. NULL is taken. No push or pull may be under way. */
reel_status reel_call_free(reel_call *call);

/* Its name, as long as the handle; NULL for no handle. */
const char *reel_call_id(const reel_call *call);

/* Takes a copy of samples of one leg, to follow what came before. REEL_ERROR_ENDED when the call has ended. Samples
 * that find no room, for the engine is late, are lost, counted, and told by REEL_EVENT_OVERRUN. A leg is for one thread
 * at a time. Real-time. */
reel_status reel_call_push(reel_call *call, reel_leg leg, const int16_t *samples, size_t count);

/* The same for samples that begin at `position` of the leg's own clock, which counts samples from anywhere: gaps are
 * filled with silence, what overlaps is dropped, nothing is shifted. A jump of more than an hour ahead, or five seconds
 * back, is taken for a new clock. INT64_MIN is no position. Real-time. */
reel_status reel_call_push_at(reel_call *call, reel_leg leg, const int16_t *samples, size_t count, int64_t position);

/* The same by a clock of 32 bits that begins anew when they are full: RTP's timestamps, where they count samples.
 * Real-time. */
reel_status reel_call_push_at_stamp(reel_call *call, reel_leg leg, const int16_t *samples, size_t count,
                                    uint32_t stamp);

/* Fills the front of `samples`, of which there are `room`, with what the parties should hear now, a beep or the rest of
 * one, at the caller's rate. Gives how many samples that is, mostly 0, or a REEL_ERROR_. For one thread at a time.
 * Real-time. */
int32_t reel_call_pull(reel_call *call, int16_t *samples, size_t room);

/* A party pressed a key: 0 to 9, * or #, or A to D. Recordings of which it is a terminator end here. */
reel_status reel_call_press(reel_call *call, char key, reel_error *error);

/* Ends the call and every recording of it, after all that was pushed so far, and does not wait. Done again it does
 * nothing. */
reel_status reel_call_hang_up(reel_call *call, reel_error *error);

/* Hangs up and waits until all files are closed, up to `timeout_seconds`, or, when that is negative, as long as it
 * takes. `summary` may be NULL; give it back with reel_call_summary_free. */
reel_status reel_call_end(reel_call *call, double timeout_seconds, const reel_call_summary **summary,
                          reel_error *error);

/* Recordings */

/* A recording that goes on, or has ended. */
typedef struct reel_recording reel_recording;

/* One file to make of a recording. */
typedef struct reel_rendition {
  size_t size;
  const char *name;               /* within the engine's folder; ends in .wav, .mp3 or .mp4, as the format is */
  reel_format format;             /* REEL_WAV */
  int32_t stereo;                 /* 1: caller left, agent right; 0, the default: clamp(caller + agent) */
  int32_t rate_hz;                /* 0: the recording's */
  reel_wav_encoding wav_encoding; /* REEL_PCM16 */
  reel_mp3_mode mp3_mode;         /* REEL_MP3_CONSTANT */
  int32_t mp3_quality;            /* LAME's, 0 the best and 9 the fastest; 5 */
  int32_t mp3_variable_level;     /* of REEL_MP3_VARIABLE, 0 the best and 9 the smallest file; 4 */
  int32_t kilobits;               /* a second, of all channels; 0: 32 a channel up to 16 kHz, 64 above */
} reel_rendition;

/* Sets `size`, which is sizeof *rendition, and every default. The name is left to be set. */
reel_status reel_rendition_init(reel_rendition *rendition, size_t size);

typedef struct reel_record_options {
  size_t size;
  const char *control_id;               /* one of those that go on in its call; NULL: the recording's own id */
  void *context;                        /* yours, in each of its events; NULL */
  reel_format format;                   /* of the one file made without renditions, CALL-UUID.wav; by preset */
  int32_t stereo;                       /* the same file: 1: caller left, agent right; 0, the default: their sum */
  reel_legs legs;                       /* by preset */
  int32_t rate_hz;                      /* of the timeline; 0: the higher one of the recorded legs */
  const char *terminators;              /* keys that end it, such as "#*"; NULL or "": none; by preset */
  int32_t detects_dtmf;                 /* 1: terminators are listened for in the sound too; 0 */
  int32_t beep;                         /* 1: a tone first, by reel_call_pull; 0 */
  double beep_interval_seconds;         /* the beep again, from 1 on; 0: never */
  double input_sensitivity;             /* how quiet speech may be, 0 to 100, which hears the most; 44 */
  double initial_timeout_seconds;       /* no speech within it ends as REEL_NO_INPUT; 0: never; by preset */
  double end_silence_timeout_seconds;   /* so long without speech, after speech, ends it; 0: never; by preset */
  double max_length_seconds;            /* the most that the file may hold; 0: no limit */
  double max_leg_skew_seconds;          /* how far a leg may fall behind before it is filled, 0.02 to 2; 0.2 */
  const reel_rendition *renditions;     /* which files to make instead of the one; each of the same size; NULL */
  size_t rendition_count;               /* 0 to REEL_RENDITION_LIMIT */
  reel_encode_time encode;              /* REEL_ENCODE_LIVE */
  int32_t reserved;                     /* 0 */
} reel_record_options;

/* A recording makes at most so many files. */
#define REEL_RENDITION_LIMIT 64

/* Sets `size`, which is sizeof *options, and a preset's every default. */
reel_status reel_record_options_init(reel_record_options *options, size_t size, reel_preset preset);

/* Begins a recording, at what was pushed so far. The files are made without waiting for the disk: that one can't be
 * made is told by the last event. `recording` may be NULL. */
reel_status reel_call_record(reel_call *call, const reel_record_options *options, reel_recording **recording,
                             reel_error *error);

/* A handle of the recording of a control id, or, for NULL, of that which was begun last of those that have not
 * ended. */
reel_status reel_call_recording(reel_call *call, const char *control_id, reel_recording **recording,
                                reel_error *error);

/* Gives the handle back; the recording goes on. NULL is taken. */
reel_status reel_recording_free(reel_recording *recording);

/* Its own name, a UUID, and what the one who asked for it calls it; as long as the handle, NULL for no handle. */
const char *reel_recording_id(const reel_recording *recording);
const char *reel_recording_control_id(const reel_recording *recording);
const char *reel_recording_call_id(const reel_recording *recording);

/* Rests the recording, from what was pushed so far on: nothing that is pushed until the resume gets any further than
 * the engine's memory. REEL_ERROR_STATE while it is paused or waits for its beep. */
reel_status reel_recording_pause(reel_recording *recording, reel_pause_behavior behavior, reel_error *error);

/* Goes on recording. REEL_ERROR_STATE where it is not paused. */
reel_status reel_recording_resume(reel_recording *recording, reel_error *error);

/* Ends it after all that was pushed so far, paused or not, and does not wait. */
reel_status reel_recording_stop(reel_recording *recording, reel_error *error);

/* What became of it, once its files are closed: waits for that up to `timeout_seconds`, or, when that is negative, as
 * long as it takes. REEL_ERROR_TIMEOUT where it goes on. Give the summary back with reel_summary_free. */
reel_status reel_recording_summary(reel_recording *recording, double timeout_seconds, const reel_summary **summary,
                                   reel_error *error);

/* Recovery */

/* What was found in a folder where recordings may have been cut off. */
typedef struct reel_recovery {
  size_t file_count;
  const reel_file *const *files; /* that were closed now */
  size_t held_count;
  const char *const *held; /* that go on in a living process: recordings, and folders; they were left alone */
  size_t failure_count;
  const char *const *failures; /* what could not be closed, or is not all that it should be, and why */
} reel_recovery;

/* Closes what a dead engine left in a folder, and in those within it: nothing is encoded again, all that reached the
 * disk is kept. Comes before the folder's next engine, and reads the files that it closes, so it takes its time.
 * `recovery` may be NULL; give it back with reel_recovery_free. */
reel_status reel_recover(const char *folder, const reel_recovery **recovery, reel_error *error);

/* Gives it back; NULL is taken. */
void reel_recovery_free(const reel_recovery *recovery);

#ifdef __cplusplus
}
#endif

#endif
