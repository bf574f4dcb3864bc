# Mixed models of lme4, lmerTest, emmeans and nlme on the back-pain trial and on a drawn trial with dropout.
# nlme has no Satterthwaite degrees of freedom for an unstructured covariance: they come from a dense likelihood over rows
# and numDeriv. FORAMEN_REFERENCE_DATA names the folder of the back-pain trial (default ../shared/data).
# Rscript tests/oracles/mixed.R > tests/oracles/mixed.json
suppressPackageStartupMessages({
  library(lmerTest)
  library(emmeans)
  library(nlme)
  library(numDeriv)
  library(jsonlite)
})
set.seed(20261120)
emm_options(lmerTest.limit = 1e5, pbkrtest.limit = 0, lmer.df = "satterthwaite")

long_form <- function(wide, scores) {
  long <- reshape(wide, direction = "long", varying = scores, v.names = "score", timevar = "time", idvar = "id")
  long <- long[!is.na(long$score), ]
  long <- long[order(long$id, long$time), ]
  transform(long, visit = time, time = factor(time), group = factor(group), id = factor(id))
}

formula_of <- function(covariates) reformulate(c("time * group", covariates), "score")

means_at_patients <- function(model, wide, covariates, ...) {
  used <- wide[rowSums(!is.na(wide[grepl("^y", names(wide))])) > 0, ]
  at <- lapply(used[covariates], mean)
  as.data.frame(emmeans(model, ~ group | time, at = at, ...))
}

random_intercept <- function(wide, long, covariates) {
  strict <- lmerControl(optimizer = "nloptwrap", optCtrl = list(xtol_abs = 1e-14, xtol_rel = 1e-14, ftol_abs = 1e-14, ftol_rel = 1e-14))
  formula <- update(formula_of(covariates), . ~ . + (1 | id))
  # the formula must be a literal for emmeans to find the data again
  model <- eval(bquote(lmer(.(formula), long, REML = TRUE, control = strict)))
  fixed <- summary(model)$coefficients
  means <- means_at_patients(model, wide, covariates)
  list(
    effects = rownames(fixed), estimates = unname(fixed[, 1]), errors = unname(fixed[, 2]), df = unname(fixed[, 3]),
    t = unname(fixed[, 4]), p = unname(fixed[, 5]),
    variances = as.data.frame(VarCorr(model))$vcov, criterion = REMLcrit(model),
    means = means[c("group", "time", "emmean", "SE", "df")]
  )
}

dense <- function(long, formula, covariance_of) {
  people <- split(seq_len(nrow(long)), long$id, drop = TRUE)
  design <- model.matrix(formula, long)
  precision <- function(parameters) {
    Reduce(`+`, lapply(people, function(i) {
      x <- design[i, , drop = FALSE]
      t(x) %*% solve(covariance_of(parameters)[long$visit[i], long$visit[i], drop = FALSE], x)
    }))
  }
  pieces <- function(parameters) {
    v <- covariance_of(parameters)
    a <- precision(parameters)
    b <- Reduce(`+`, lapply(people, function(i) {
      t(design[i, , drop = FALSE]) %*% solve(v[long$visit[i], long$visit[i], drop = FALSE], long$score[i])
    }))
    beta <- solve(a, b)
    total <- sum(sapply(people, function(i) {
      block <- v[long$visit[i], long$visit[i], drop = FALSE]
      r <- long$score[i] - design[i, , drop = FALSE] %*% beta
      c(determinant(block)$modulus) + t(r) %*% solve(block, r)
    }))
    total <- total + c(determinant(a)$modulus) + (nrow(long) - ncol(design)) * log(2 * pi)
    list(estimates = c(beta), errors = unname(sqrt(diag(solve(a)))), criterion = total)
  }
  list(precision = precision, criterion = function(parameters) pieces(parameters)$criterion, at = pieces)
}

satterthwaite <- function(likelihood, parameters) {
  spread <- 2 * solve(hessian(likelihood$criterion, parameters))
  covariance <- function(parameters) c(solve(likelihood$precision(parameters)))
  slopes <- jacobian(covariance, parameters)
  size <- sqrt(nrow(slopes))
  sapply(seq_len(size), function(k) {
    place <- (k - 1) * size + k
    2 * covariance(parameters)[place]^2 / c(slopes[place, ] %*% spread %*% slopes[place, ])
  })
}

unstructured <- function(long, covariates, times) {
  formula <- formula_of(covariates)
  model <- gls(formula, long, correlation = corSymm(form = ~ visit | id), weights = varIdent(form = ~ 1 | time), method = "REML",
               control = glsControl(tolerance = 1e-12, msTol = 1e-14, msMaxIter = 2000, maxIter = 500))
  lower <- function(v) v[lower.tri(v, diag = TRUE)]
  square <- function(parameters) {
    v <- matrix(0, times, times)
    v[lower.tri(v, diag = TRUE)] <- parameters
    v + t(v) - diag(diag(v), times)
  }
  deviations <- c(1, exp(unname(coef(model$modelStruct$varStruct)))) * model$sigma
  correlation <- diag(times)
  correlation[lower.tri(correlation)] <- coef(model$modelStruct$corStruct, unconstrained = FALSE)
  correlation <- correlation + t(correlation) - diag(times)
  likelihood <- dense(long, formula, square)
  near <- lower(correlation * outer(deviations, deviations))
  found <- optim(near, likelihood$criterion, method = "BFGS", control = list(reltol = 1e-16, maxit = 500))
  for (step in 1:4) found$par <- found$par - solve(hessian(likelihood$criterion, found$par), grad(likelihood$criterion, found$par))
  fixed <- summary(model)$tTable
  list(
    effects = rownames(fixed), estimates = unname(fixed[, 1]), errors = unname(fixed[, 2]), criterion = -2 * c(logLik(model)),
    dense = c(likelihood$at(found$par), list(covariance = square(found$par), df = satterthwaite(likelihood, found$par)))
  )
}

both <- function(wide, covariates) {
  scores <- grep("^y", names(wide), value = TRUE)
  long <- long_form(wide, scores)
  list(random_intercept = random_intercept(wide, long, covariates), unstructured = unstructured(long, covariates, length(scores)))
}

drawn_trial <- function(n) {
  person <- rnorm(n, 0, 1.5)
  wide <- data.frame(id = seq_len(n), group = rep(0:1, length.out = n), age = sample(25:80, n, TRUE))
  for (visit in 1:3) {
    mean <- 6 - 0.8 * visit - 0.7 * wide$group * (visit - 1) + 0.01 * wide$age
    wide[[paste0("y", visit)]] <- pmin(10, pmax(0, round(mean + person + rnorm(n, 0, 0.8 + 0.3 * visit))))
  }
  wide$y2[runif(n) < 0.1] <- NA
  wide$y3[runif(n) < 0.25] <- NA
  wide$y1[runif(n) < 0.05] <- NA
  wide
}

trial <- function() {
  folder <- Sys.getenv("FORAMEN_REFERENCE_DATA", "../shared/data")
  file <- read.csv(file.path(folder, "ashar2022", "Ashar2022_outcomes_demographics.csv"), na.strings = c("NaN", "<undefined>"))
  file <- file[file$is_patient == 1 & !is.na(file$group), c("id", "time", "group", "age", "gender", "pain_avg")]
  wide <- reshape(file, direction = "wide", idvar = c("id", "group", "age", "gender"), timevar = "time", v.names = "pain_avg")
  setNames(wide, c("id", "group", "age", "gender", "y1", "y2"))
}

synthetic <- drawn_trial(46)
result <- list(
  versions = lapply(c(R = "base", lme4 = "lme4", lmerTest = "lmerTest", emmeans = "emmeans", nlme = "nlme"), function(package) {
    as.character(packageVersion(package))
  }),
  synthetic = c(list(rows = synthetic), both(synthetic, "age")),
  ashar2022 = both(trial(), c("age", "gender"))
)
writeLines(toJSON(result, digits = NA, auto_unbox = TRUE, dataframe = "columns", na = "null"))
