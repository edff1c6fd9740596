#include <errno.h>
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/channel_layout.h>
#include <libavutil/opt.h>

// Macros that Swift can't see.
static const int reel_averror_eof = AVERROR_EOF;
static const int reel_averror_eagain = AVERROR(EAGAIN);
static const int64_t reel_av_nopts_value = AV_NOPTS_VALUE;
