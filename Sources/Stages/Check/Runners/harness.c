/* Runs a classifier that erde wrote as C, for `erde check`: compiled with the header's name, the names' prefix, and the prefix of
 * the macros. Reads images, writes answers.f32 and exits.i32 as main.py does, and prints the result as JSON. */
#define _POSIX_C_SOURCE 199309L
#include HEADER
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define JOINED(a, b) a##b
#define JOIN(a, b) JOINED(a, b)
#define LOWER(name) JOIN(PREFIX, _##name)
#define UPPER(name) JOIN(MACRO, _##name)

enum { PIXELS = UPPER(CHANNELS) * UPPER(HEIGHT) * UPPER(WIDTH), CLASSES = UPPER(CLASSES), EXITS = UPPER(EXITS), PASSES = 15 };

static float workspace[UPPER(WORKSPACE)];

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + 1e-9 * time.tv_nsec;
}

static int ascending(const void *a, const void *b)
{
    const double difference = *(const double *)a - *(const double *)b;
    return (difference > 0) - (difference < 0);
}

/* The median of passes over the images, in milliseconds for each. */
static double measured(const float *images, int count, int timed, double seconds)
{
    double times[PASSES];
    int passes = 0;
    LOWER(answer) answer;
    LOWER(classify)(images, NULL, workspace, &answer);
    const double begun = now();
    while (passes < PASSES && (!passes || now() - begun < seconds)) {
        const double start = now();
        for (int i = 0; i < timed; i++) LOWER(classify)(images + (size_t)(i % count) * PIXELS, NULL, workspace, &answer);
        times[passes++] = now() - start;
    }
    qsort(times, passes, sizeof times[0], ascending);
    return 1000 * times[passes / 2] / timed;
}

/* Arguments: the images, their number, answers to write, exits to write, images that are timed, seconds to measure. */
int main(int arguments, char **argument)
{
    if (arguments != 7) return 64;
    const int count = atoi(argument[2]);
    float *images = malloc(sizeof(float) * PIXELS * (size_t)count);
    FILE *input = fopen(argument[1], "rb"), *answers = fopen(argument[3], "wb"), *exits = fopen(argument[4], "wb");
    if (!images || !input || !answers || !exits) return 66;
    if (fread(images, sizeof(float) * PIXELS, count, input) != (size_t)count) return 65;
    for (int row = 0; row <= EXITS; row++) {
        /* Row 0 is what images get that leave on their own, row K the logits of exit K. */
        float thresholds[EXITS];
        for (int exit = 0; exit < EXITS; exit++) thresholds[exit] = exit + 1 < row ? 0.0f : INFINITY;
        for (int i = 0; i < count; i++) {
            LOWER(answer) answer;
            LOWER(classify)(images + (size_t)i * PIXELS, row ? thresholds : NULL, workspace, &answer);
            fwrite(answer.logits, sizeof(float), CLASSES, answers);
            if (row == 0) fwrite(&answer.exit, sizeof answer.exit, 1, exits);
        }
    }
    if (fclose(answers) || fclose(exits)) return 73;
    const double milliseconds = measured(images, count, atoi(argument[5]), atof(argument[6]));
    printf("{\"version\": \"%s\", \"precision\": \"float32\", \"rows\": %d, \"classes\": %d, ", __VERSION__, EXITS + 1, CLASSES);
    printf("\"milliseconds\": {\"1\": %.9g}, \"thresholds\": [", milliseconds);
    for (int exit = 0; exit < EXITS - 1; exit++) printf("%s\"%.9g\"", exit ? ", " : "", LOWER(thresholds)[exit]);
    printf("]}\n");
    return 0;
}
