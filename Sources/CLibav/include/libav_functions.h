// The functions of libav that Reel calls, as pointers that are found in its libraries when they are first wanted: with
// them come some hundred other libraries, for which a process that never meets an MP4 shall not pay.
//
// Types, constants and signatures are those of libav's own headers, so whoever calls through a pointer is checked by
// the compiler as a caller of the function would be. Nothing is defined under a name of libav's: a program that links
// libav itself and embeds Reel calls its own.
#pragma once

#include <errno.h>
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/channel_layout.h>
#include <libavutil/opt.h>
#include <stddef.h>

#define REEL_LIBAVUTIL(ONE)                                                                                            \
  ONE(av_channel_layout_copy)                                                                                          \
  ONE(av_channel_layout_default)                                                                                       \
  ONE(av_dict_copy)                                                                                                    \
  ONE(av_dict_free)                                                                                                    \
  ONE(av_dict_get)                                                                                                     \
  ONE(av_dict_set)                                                                                                     \
  ONE(av_dict_set_int)                                                                                                 \
  ONE(av_frame_alloc)                                                                                                  \
  ONE(av_frame_free)                                                                                                   \
  ONE(av_frame_get_buffer)                                                                                             \
  ONE(av_frame_make_writable)                                                                                          \
  ONE(av_frame_unref)                                                                                                  \
  ONE(av_free)                                                                                                         \
  ONE(av_get_packed_sample_fmt)                                                                                        \
  ONE(av_log_set_level)                                                                                                \
  ONE(av_malloc)                                                                                                       \
  ONE(av_opt_set)                                                                                                      \
  ONE(av_rescale_q)                                                                                                    \
  ONE(av_sample_fmt_is_planar)                                                                                         \
  ONE(av_samples_set_silence)                                                                                          \
  ONE(av_strerror)

#define REEL_LIBAVCODEC(ONE)                                                                                           \
  ONE(av_packet_alloc)                                                                                                 \
  ONE(av_packet_free)                                                                                                  \
  ONE(av_packet_unref)                                                                                                 \
  ONE(avcodec_alloc_context3)                                                                                          \
  ONE(avcodec_find_encoder_by_name)                                                                                    \
  ONE(avcodec_free_context)                                                                                            \
  ONE(avcodec_get_name)                                                                                                \
  ONE(avcodec_open2)                                                                                                   \
  ONE(avcodec_parameters_copy)                                                                                         \
  ONE(avcodec_parameters_from_context)                                                                                 \
  ONE(avcodec_parameters_to_context)                                                                                   \
  ONE(avcodec_receive_frame)                                                                                           \
  ONE(avcodec_receive_packet)                                                                                          \
  ONE(avcodec_send_frame)                                                                                              \
  ONE(avcodec_send_packet)                                                                                             \
  ONE(avcodec_version)

#define REEL_LIBAVFORMAT(ONE)                                                                                          \
  ONE(av_find_best_stream)                                                                                             \
  ONE(av_find_input_format)                                                                                            \
  ONE(av_guess_format)                                                                                                 \
  ONE(av_read_frame)                                                                                                   \
  ONE(av_write_frame)                                                                                                  \
  ONE(av_write_trailer)                                                                                                \
  ONE(avformat_alloc_context)                                                                                          \
  ONE(avformat_alloc_output_context2)                                                                                  \
  ONE(avformat_close_input)                                                                                            \
  ONE(avformat_find_stream_info)                                                                                       \
  ONE(avformat_free_context)                                                                                           \
  ONE(avformat_index_get_entry)                                                                                        \
  ONE(avformat_new_stream)                                                                                             \
  ONE(avformat_open_input)                                                                                             \
  ONE(avformat_write_header)                                                                                           \
  ONE(avio_alloc_context)                                                                                              \
  ONE(avio_close_dyn_buf)                                                                                              \
  ONE(avio_closep)                                                                                                     \
  ONE(avio_context_free)                                                                                               \
  ONE(avio_open)                                                                                                       \
  ONE(avio_open_dyn_buf)

struct reel_libav {
#define REEL_POINTER(name) __typeof__(name) *_Nonnull name;
  REEL_LIBAVUTIL(REEL_POINTER)
  REEL_LIBAVCODEC(REEL_POINTER)
  REEL_LIBAVFORMAT(REEL_POINTER)
#undef REEL_POINTER
};

// Loads the libraries, in the versions that these headers are of, and gives their functions, all of them; NULL where a
// library or one of the functions is missing, with the words for it in `failure`, which has room for so many bytes, one
// or more. What is loaded stays. Once in a process, or by one thread at a time.
const struct reel_libav *_Nullable reel_libav_load(char *_Nonnull failure, size_t room);

// Macros that Swift can't see.
static const int reel_averror_eof = AVERROR_EOF;
static const int reel_averror_eagain = AVERROR(EAGAIN);
static const int64_t reel_av_nopts_value = AV_NOPTS_VALUE;
